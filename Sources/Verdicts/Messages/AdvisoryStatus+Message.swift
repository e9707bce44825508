extension AdvisoryStatus {
    /// As a message.
    package func message() -> [UInt8] {
        var writer = MessageWriter(.status, capacity: 4_096)
        writer.optional(indexDigest)
        writer.integer(Int64(vulnerabilities))
        writer.count(feeds.count)
        for feed in feeds { writer.feed(feed) }
        return writer.bytes
    }

    /// Reads a message.
    package init(message bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self = try MessageReader.read(.status, from: bytes) { (reader) throws(MessageError) in
            let digest = try reader.optionalDigest()
            let vulnerabilities = Int(try reader.integer())
            let count = try reader.count(of: 4)
            var feeds: [FeedStatus] = []
            feeds.reserveCapacity(count)
            for _ in 0..<count { feeds.append(try reader.feed()) }
            return AdvisoryStatus(indexDigest: digest, vulnerabilities: vulnerabilities, feeds: feeds)
        }
    }
}

extension MessageWriter {
    fileprivate mutating func feed(_ feed: FeedStatus) {
        text(feed.feed)
        flags(Flags(feed.fetchedAt != nil, feed.triedAt != nil, feed.error != nil))
        integer(Int64(feed.records))
        integer(Int64(feed.setAside))
        if let fetchedAt = feed.fetchedAt { integer(fetchedAt) }
        if let triedAt = feed.triedAt { integer(triedAt) }
        if let error = feed.error { text(error) }
    }
}

extension MessageReader {
    fileprivate mutating func feed() throws(MessageError) -> FeedStatus {
        let name = try text()
        let flags = try flags(3)
        return FeedStatus(
            feed: name, records: Int(try integer()), setAside: Int(try integer()),
            fetchedAt: flags[0] ? try integer() : nil, triedAt: flags[1] ? try integer() : nil,
            error: flags[2] ? try text() : nil)
    }
}
