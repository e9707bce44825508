/// The index that an endpoint has in use.
package struct IndexNotice: Sendable, Hashable {
    /// Its digest.
    package let digest: String
    /// The date of its newest feed, Unix seconds: of two indexes the one with the later date is newer.
    package let builtAt: Int64

    package init(digest: String, builtAt: Int64) {
        self.digest = digest
        self.builtAt = builtAt
    }

    /// Whether another one takes its place, whoever looks: by date, and among those of one date by digest.
    package func isOlder(than other: IndexNotice) -> Bool { (builtAt, digest) < (other.builtAt, other.digest) }

    /// As a message.
    ///
    /// - Parameters:
    ///   - notice: `nil` when there is no index yet.
    ///   - rules: `MatchingRules.version` of the one who says so.
    package static func message(_ notice: IndexNotice?, rules: Int) -> [UInt8] {
        var writer = MessageWriter(.indexNotice)
        writer.count(rules)
        writer.flags(Flags(notice != nil))
        if let notice {
            writer.text(notice.digest)
            writer.integer(notice.builtAt)
        }
        return writer.bytes
    }

    /// Reads a message.
    package static func read(
        _ bytes: UnsafeRawBufferPointer
    ) throws(MessageError) -> (notice: IndexNotice?, rules: Int) {
        try MessageReader.read(.indexNotice, from: bytes) { (reader) throws(MessageError) in
            let rules = try reader.number()
            guard rules <= UInt64(Int32.max) else { throw .malformed("a number of rules") }
            let notice =
                try reader.flags(1)[0]
                ? IndexNotice(digest: try reader.digest(), builtAt: try reader.integer()) : nil
            return (notice, Int(rules))
        }
    }
}
