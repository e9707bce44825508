/// Cuts the members out of one huge top-level object that arrives in chunks, so that only one member is held at a time.
///
/// Each member is handed over as the bytes of an object of its own, `{"name": value}`, ready for ``JSONParser``. The
/// splitter only follows quotes and brackets; whether a member is JSON is the parser's to say.
public struct JSONMemberSplitter {
    private enum State {
        case beforeObject, inObject, done
    }

    private let memberLimit: Int
    private var state = State.beforeObject
    /// The member read so far, behind an opening brace.
    private var member: [UInt8] = [UInt8(ascii: "{")]
    private var memberOffset = 0
    private var membersSeen = 0
    /// Bytes taken in earlier chunks.
    private var consumed = 0
    /// Open brackets within the member.
    private var depth = 0
    private var quotes = JSONQuotes()

    /// Makes a splitter.
    ///
    /// - Parameter memberLimit: The most bytes one member may have.
    public init(memberLimit: Int) {
        self.memberLimit = memberLimit
    }

    /// Takes the next chunk and hands over each member that ends in it.
    ///
    /// - Parameter body: Receives the member and the offset at which it starts in the whole text. Its errors end the call.
    /// - Throws: ``JSONDocumentError`` when the text is no object or a member exceeds the limit; the splitter is of no
    ///   use after an error.
    public mutating func feed(
        _ chunk: UnsafeRawBufferPointer, _ body: (_ member: [UInt8], _ offset: Int) throws -> Void
    ) throws {
        var runStart = 0
        var index = 0
        while index < chunk.count {
            let byte = chunk[index]
            switch state {
            case .inObject where isBoundary(byte):
                try take(chunk[runStart..<index])
                try endMember(isLast: byte == UInt8(ascii: "}"), at: consumed + index, body)
                runStart = index + 1
            case .inObject:
                break
            case .beforeObject where byte == UInt8(ascii: "{"):
                state = .inObject
                memberOffset = consumed + index + 1
                runStart = index + 1
            case .beforeObject, .done:
                try JSONText.checkOutside(byte, at: consumed + index, isBehind: state == .done)
            }
            index += 1
        }
        if state == .inObject { try take(chunk[runStart...]) }
        consumed += chunk.count
    }

    /// Says that the text is over.
    ///
    /// - Throws: ``JSONDocumentError/malformed(offset:reason:)`` when the object was not closed.
    public func finish() throws(JSONDocumentError) {
        guard state == .done else { throw .malformed(offset: consumed, reason: "unexpected end") }
    }

    /// Follows quotes and brackets; whether the byte ends a member of the outermost object.
    private mutating func isBoundary(_ byte: UInt8) -> Bool {
        if quotes.covers(byte) { return false }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}") where depth == 0, UInt8(ascii: ",") where depth == 0: return true
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
        default: break
        }
        return false
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>) throws(JSONDocumentError) {
        guard member.count - 1 + bytes.count <= memberLimit else { throw .tooLarge(limit: memberLimit) }
        member.append(contentsOf: bytes)
    }

    private mutating func endMember(
        isLast: Bool, at offset: Int, _ body: (_ member: [UInt8], _ offset: Int) throws -> Void
    ) throws {
        let isEmpty = member.dropFirst().allSatisfy(JSONText.isWhitespace)
        if isEmpty && !(isLast && membersSeen == 0) {
            throw JSONDocumentError.malformed(offset: offset, reason: "expected a member")
        }
        if !isEmpty {
            member.append(UInt8(ascii: "}"))
            try body(member, memberOffset)
        }
        membersSeen += 1
        memberOffset = offset + 1
        member.removeSubrange(1...)
        if isLast { state = .done }
    }
}
