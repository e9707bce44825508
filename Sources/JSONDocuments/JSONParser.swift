import CSimdjson

/// Parses JSON documents one after the other, reusing its buffers.
///
/// Duplicate names are kept; look-ups find the first. A leading byte order mark is skipped. Cost: about 1 ns per byte, and
/// up to 14 bytes of memory per byte of the largest document seen. Not `Sendable`: use one per task.
public final class JSONParser {
    /// How deep arrays and objects may nest; `[[1]]` is 2 deep.
    public let maximumDepth: Int
    private var document: JSONDocument?

    /// Makes a parser.
    ///
    /// - Parameter maximumDepth: 1 to 1024; values outside are brought to the nearest bound.
    public init(maximumDepth: Int = 64) {
        self.maximumDepth = min(max(maximumDepth, 1), 1024)
    }

    /// Parses one document.
    ///
    /// The value keeps what it needs alive, so it stays valid as long as anyone holds it; letting go of it before the next
    /// parse lets the buffers be used again.
    public func parse(_ bytes: [UInt8]) throws(JSONDocumentError) -> JSONValue {
        let outcome = bytes.withUnsafeBytes { buffer in Result { () throws(JSONDocumentError) in try parse(buffer) } }
        return try outcome.get()
    }

    /// Parses one document that is lent for the duration of the call.
    public func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONDocumentError) -> JSONValue {
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let text = hasMark ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst(3)) : bytes
        let document = try freeDocument()
        var root = ztjson_node()
        var message: UnsafePointer<CChar>?
        let status = ztjson_parse(
            document.handle, text.bindMemory(to: UInt8.self).baseAddress, text.count, &root, &message)
        guard status == ZTJSON_OK else {
            throw failure(status, message: message, text: text, skipped: bytes.count - text.count)
        }
        return JSONValue(node: root, document: document)
    }

    /// The document of the last parse if no value of it is held any more, else a new one.
    private func freeDocument() throws(JSONDocumentError) -> JSONDocument {
        if isKnownUniquelyReferenced(&document), let document { return document }
        guard let fresh = JSONDocument(maximumDepth: maximumDepth) else { throw .outOfMemory }
        document = fresh
        return fresh
    }

    /// simdjson's DOM does not say where it stopped; a slow second look at the text does.
    private func failure(
        _ status: ztjson_status, message: UnsafePointer<CChar>?, text: UnsafeRawBufferPointer, skipped: Int
    ) -> JSONDocumentError {
        switch status {
        case ZTJSON_TOO_DEEP: return .tooDeep(limit: maximumDepth)
        case ZTJSON_TOO_LARGE: return .tooLarge(limit: Int(UInt32.max))
        case ZTJSON_OUT_OF_MEMORY: return .outOfMemory
        default: break
        }
        switch JSONFaultLocator.firstFault(in: text, maximumDepth: maximumDepth) {
        case .syntax(let offset, let reason): return .malformed(offset: offset + skipped, reason: reason)
        case .encoding(let offset): return .invalidUTF8(offset: offset + skipped)
        case .depth: return .tooDeep(limit: maximumDepth)
        case nil where status == ZTJSON_NUMBER_OUT_OF_RANGE: return .numberOutOfRange
        case nil: return .malformed(offset: nil, reason: message.map { String(cString: $0) } ?? "unknown")
        }
    }
}

/// The owner of simdjson's buffers; shared by a parser and the values of its last document.
final class JSONDocument {
    let handle: OpaquePointer

    init?(maximumDepth: Int) {
        guard let handle = ztjson_create(maximumDepth) else { return nil }
        self.handle = handle
    }

    deinit {
        ztjson_destroy(handle)
    }
}
