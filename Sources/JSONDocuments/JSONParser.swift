/// Parses JSON documents one after the other, reusing its buffers.
///
/// Duplicate names are kept; look-ups find the first. A leading byte order mark is skipped. Cost: about 1 ns per byte, and
/// seldom more than 3 bytes of memory per byte of the largest document seen, 9 where it holds nothing but digits and commas. Not `Sendable`: use one per task.
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
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard bytes.count < Int(UInt32.max) else { throw .tooLarge(limit: Int(UInt32.max) - 1) }
        let document = freeDocument()
        do throws(JSONDocumentError) {
            try document.read(UnsafeRawBufferPointer(rebasing: bytes[mark...]), maximumDepth: maximumDepth)
        } catch {
            throw error.moved(by: mark)
        }
        return JSONValue(document: document, place: 0)
    }

    /// The document of the last parse if no value of it is held any more, else a new one.
    private func freeDocument() -> JSONDocument {
        if isKnownUniquelyReferenced(&document), let document { return document }
        let fresh = JSONDocument()
        document = fresh
        return fresh
    }
}

extension JSONDocumentError {
    /// The same of a text that begins so many bytes later.
    fileprivate func moved(by count: Int) -> JSONDocumentError {
        switch self {
        case .malformed(let offset?, let reason): .malformed(offset: offset + count, reason: reason)
        case .invalidUTF8(let offset): .invalidUTF8(offset: offset + count)
        case .malformed(nil, _), .numberOutOfRange, .tooDeep, .tooLarge, .outOfMemory: self
        }
    }
}
