import CExpat

/// Reads XML as a stream of elements, under limits: no document type declaration (hence no entities of its own, internal or external),
/// a depth, a length of text.
struct XMLStream {
    /// What a document is made of; names are without prefix.
    protocol Handler: AnyObject {
        /// An element starts.
        ///
        /// - Parameters:
        ///   - namespace: The URI its name belongs to; empty for none.
        ///   - attributes: By name; those of other namespaces are left out.
        func start(_ name: String, namespace: String, attributes: [String: String]) throws(SBOMError)
        /// The element that started last ends; `text` is what stood directly in it since its last child.
        func end(_ name: String, text: String) throws(SBOMError)
    }

    /// Most bytes of text in one element.
    static let textLimit = 1 << 20

    /// Reads a whole document.
    ///
    /// - Throws: ``SBOMError/malformed(reason:)`` with line and column, or what the handler throws.
    static func read(_ bytes: [UInt8], maximumDepth: Int, handler: some Handler) throws(SBOMError) {
        guard let parser = XML_ParserCreateNS(nil, XML_Char(separator)) else {
            throw .malformed(reason: "out of memory")
        }
        defer { XML_ParserFree(parser) }
        let state = ParserState(parser: parser, handler: handler, maximumDepth: maximumDepth)
        XML_SetUserData(parser, Unmanaged.passUnretained(state).toOpaque())
        XML_SetElementHandler(parser, elementStarted, elementEnded)
        XML_SetCharacterDataHandler(parser, textRead)
        XML_SetStartDoctypeDeclHandler(parser, doctypeFound)
        let status = bytes.withUnsafeBytes { buffer in feed(buffer, to: parser) }
        try withExtendedLifetime(state) { () throws(SBOMError) in
            if let failure = state.failure { throw failure }
            guard status else {
                throw state.malformed(String(cString: XML_ErrorString(XML_GetErrorCode(parser))))
            }
        }
    }

    /// Between the namespace and the name; no URI and no name holds it.
    fileprivate static let separator = UInt8(ascii: "\n")

    private static func feed(_ buffer: UnsafeRawBufferPointer, to parser: XML_Parser) -> Bool {
        var rest = buffer[...]
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
            rest = rest.dropFirst(piece.count)
            let status = XML_Parse(
                parser, piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count), rest.isEmpty ? 1 : 0)
            guard status == XML_STATUS_OK else { return false }
        } while !rest.isEmpty
        return true
    }
}

/// What the parser's callbacks share. Only ever used on the thread that parses.
private final class ParserState {
    let parser: XML_Parser
    let handler: any XMLStream.Handler
    let maximumDepth: Int
    var depth = 0
    var text: [UInt8] = []
    var failure: SBOMError?

    init(parser: XML_Parser, handler: any XMLStream.Handler, maximumDepth: Int) {
        self.parser = parser
        self.handler = handler
        self.maximumDepth = maximumDepth
    }

    func malformed(_ reason: String) -> SBOMError {
        let (line, column) = (XML_GetCurrentLineNumber(parser), XML_GetCurrentColumnNumber(parser))
        return .malformed(reason: "\(reason) (line \(line), column \(column + 1))")
    }

    /// Keeps the first failure and ends the parse.
    func stop(_ error: SBOMError) {
        if failure == nil { failure = error }
        XML_StopParser(parser, 0)
    }

    /// Does a step unless one has failed: after a stop, the parser may still call once.
    func step(_ body: () throws(SBOMError) -> Void) {
        guard failure == nil else { return }
        do throws(SBOMError) { try body() } catch { stop(error) }
    }

    /// Cuts `URI\nname`.
    static func split(_ text: UnsafePointer<XML_Char>) -> (namespace: String, name: String) {
        let whole = String(cString: text)
        guard let cut = whole.utf8.firstIndex(of: XMLStream.separator) else { return ("", whole) }
        return (String(whole[..<cut]), String(whole[whole.utf8.index(after: cut)...]))
    }
}

private func state(_ pointer: UnsafeMutableRawPointer?) -> ParserState? {
    pointer.map { Unmanaged<ParserState>.fromOpaque($0).takeUnretainedValue() }
}

private func elementStarted(
    _ pointer: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?,
    _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
) {
    guard let state = state(pointer), let name else { return }
    state.step { () throws(SBOMError) in
        state.depth += 1
        guard state.depth <= state.maximumDepth else {
            throw state.malformed("nested deeper than \(state.maximumDepth) levels")
        }
        var values: [String: String] = [:]
        var index = 0
        while let key = attributes?[index], let value = attributes?[index + 1] {
            let (namespace, name) = ParserState.split(key)
            if namespace.isEmpty { values[name] = String(cString: value) }
            index += 2
        }
        state.text.removeAll(keepingCapacity: true)
        let (namespace, local) = ParserState.split(name)
        try state.handler.start(local, namespace: namespace, attributes: values)
    }
}

private func elementEnded(_ pointer: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?) {
    guard let state = state(pointer), let name else { return }
    state.step { () throws(SBOMError) in
        state.depth -= 1
        let text = String(decoding: state.text, as: UTF8.self)
        state.text.removeAll(keepingCapacity: true)
        try state.handler.end(ParserState.split(name).name, text: text)
    }
}

private func textRead(_ pointer: UnsafeMutableRawPointer?, _ text: UnsafePointer<XML_Char>?, _ length: Int32) {
    guard let state = state(pointer), let text else { return }
    state.step { () throws(SBOMError) in
        guard state.text.count + Int(length) <= XMLStream.textLimit else {
            throw state.malformed("an element with more than \(XMLStream.textLimit) bytes of text")
        }
        state.text.append(contentsOf: UnsafeRawBufferPointer(start: text, count: Int(length)))
    }
}

private func doctypeFound(
    _ pointer: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?, _ system: UnsafePointer<XML_Char>?,
    _ publicID: UnsafePointer<XML_Char>?, _ hasInternalSubset: Int32
) {
    guard let state = state(pointer) else { return }
    state.stop(state.malformed("document type declarations are refused"))
}
