/// Cuts one huge top-level object that arrives in chunks into the elements of one of its lists and its other members, so that one
/// piece is held at a time: `{"count": 2, "list": [{…}, {…}]}`.
///
/// It only follows quotes and brackets; whether a piece is JSON is the parser's to say.
public struct JSONListSplitter {
    /// What was cut out, lent for the call.
    public enum Piece {
        /// An element of the list, with its place from 0 among all elements.
        case element([UInt8], index: Int)
        /// Another member as an object of its own, `{"name": value}`.
        case member([UInt8])
    }

    private enum State {
        case beforeObject, inObject, inList, done
    }

    /// The list's name as it stands in the text, quotes included.
    private let list: [UInt8]
    private let pieceLimit: Int
    private var state = State.beforeObject
    /// The piece read so far; of a member, behind an opening brace.
    private var piece: [UInt8] = []
    /// Open brackets within the piece.
    private var depth = 0
    private var quotes = JSONQuotes()
    private var elements = 0
    /// Whether the list was closed and the end of its member is to come.
    private var isBehindList = false
    /// Bytes taken in earlier chunks.
    private var consumed = 0
    /// Whether the object has the list.
    public private(set) var sawList = false

    /// Makes a splitter.
    ///
    /// - Parameters:
    ///   - list: The name of the list, ASCII without escapes.
    ///   - pieceLimit: The most bytes one piece may have.
    public init(list: String, pieceLimit: Int) {
        self.list = Array("\"\(list)\"".utf8)
        self.pieceLimit = pieceLimit
    }

    /// Takes the next chunk and hands over each piece that ends in it.
    ///
    /// - Throws: `JSONDocumentError` when the text is no object or a piece exceeds the limit, or what `body` throws; the splitter is
    ///   of no use after an error.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (Piece) throws -> Void) throws {
        var runStart = 0
        for index in chunk.indices {
            let byte = chunk[index]
            switch state {
            case .beforeObject, .done:
                try skipOutside(byte, at: consumed + index)
                runStart = index + 1
            case .inObject, .inList:
                guard isMark(byte) else { continue }
                try take(chunk[runStart..<index], endedBy: byte, at: consumed + index, body)
                runStart = index + 1
            }
        }
        if state == .inObject || state == .inList { try keep(chunk[runStart...]) }
        consumed += chunk.count
    }

    /// Says that the text is over.
    ///
    /// - Throws: ``JSONDocumentError/malformed(offset:reason:)`` when the object was not closed.
    public func finish() throws(JSONDocumentError) {
        guard state == .done else { throw .malformed(offset: consumed, reason: "unexpected end") }
    }

    /// Follows quotes and brackets; whether the byte may end a piece or open the list.
    private mutating func isMark(_ byte: UInt8) -> Bool {
        if quotes.covers(byte) { return false }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            if depth == 0 && state == .inObject && byte == UInt8(ascii: "[") { return true }
            depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            if depth == 0 { return true }
            depth -= 1
        case UInt8(ascii: ","): return depth == 0
        default: break
        }
        return false
    }

    /// Ends the piece at a mark, or goes on with it when the mark turns out to be a part of it.
    private mutating func take(
        _ bytes: Slice<UnsafeRawBufferPointer>, endedBy mark: UInt8, at offset: Int, _ body: (Piece) throws -> Void
    ) throws {
        try keep(bytes)
        switch (state, mark) {
        case (.inObject, UInt8(ascii: "[")): openList()
        case (.inList, UInt8(ascii: ",")): try endElement(isLast: false, at: offset, body)
        case (.inList, UInt8(ascii: "]")):
            try endElement(isLast: true, at: offset, body)
            state = .inObject
            isBehindList = true
        case (.inObject, UInt8(ascii: ",")): try endMember(at: offset, body)
        case (.inObject, UInt8(ascii: "}")):
            try endMember(at: offset, body)
            state = .done
        default: throw JSONDocumentError.malformed(offset: offset, reason: "brackets do not match")
        }
    }

    private mutating func openList() {
        let name = piece.filter { !JSONText.isWhitespace($0) }
        guard name.last == UInt8(ascii: ":"), name.dropLast().elementsEqual(list), !sawList else {
            // Another list, which is a part of its member.
            piece.append(UInt8(ascii: "["))
            depth += 1
            return
        }
        sawList = true
        state = .inList
        piece.removeAll(keepingCapacity: true)
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) throws(JSONDocumentError) {
        guard piece.count + bytes.count <= pieceLimit else { throw .tooLarge(limit: pieceLimit) }
        piece.append(contentsOf: bytes)
    }

    private mutating func endElement(isLast: Bool, at offset: Int, _ body: (Piece) throws -> Void) throws {
        let isEmpty = piece.allSatisfy(JSONText.isWhitespace)
        guard !isEmpty || (isLast && elements == 0) else {
            throw JSONDocumentError.malformed(offset: offset, reason: "expected an element")
        }
        if !isEmpty {
            try body(.element(piece, index: elements))
            elements += 1
        }
        piece.removeAll(keepingCapacity: true)
    }

    private mutating func endMember(at offset: Int, _ body: (Piece) throws -> Void) throws {
        defer { piece.removeAll(keepingCapacity: true) }
        let isEmpty = piece.allSatisfy(JSONText.isWhitespace)
        if isBehindList {
            guard isEmpty else { throw JSONDocumentError.malformed(offset: offset, reason: "text behind the list") }
            isBehindList = false
        } else if !isEmpty {
            try body(.member([UInt8(ascii: "{")] + piece + [UInt8(ascii: "}")]))
        }
    }

    private mutating func skipOutside(_ byte: UInt8, at offset: Int) throws(JSONDocumentError) {
        if state == .beforeObject && byte == UInt8(ascii: "{") {
            state = .inObject
            return
        }
        try JSONText.checkOutside(byte, at: offset, isBehind: state == .done)
    }
}
