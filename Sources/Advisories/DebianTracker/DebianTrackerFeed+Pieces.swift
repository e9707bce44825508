import Archives
import JSONDocuments

/// The tracker read in pieces, so that source packages that did not change need not be read again.
extension DebianTrackerFeed {
    /// Most bytes of a tracker that is cut, unpacked: they are held in memory.
    private static let sizeLimit = 256 << 20
    /// The tracker has about 4,000 source packages.
    private static let pieceCount = 64

    /// Cuts the file into documents of their own, which together say what it says; `nil` for one that has to be read as a whole. Which piece a source
    /// package is in follows from its name.
    public static func pieces(of path: String, limits: FeedLimits = .standard) -> [[UInt8]]? {
        var pieces = [[UInt8]](repeating: [UInt8(ascii: "{")], count: pieceCount)
        var splitter = JSONMemberSplitter(memberLimit: limits.recordBytes)
        let isCut: Void? = try? Archive.forEachChunk(
            inCompressed: path, limit: min(limits.feedBytes, sizeLimit)
        ) { chunk in
            try splitter.feed(chunk) { member, _ in
                let number = Int(hashOfName(member) % UInt64(pieceCount))
                if pieces[number].count > 1 { pieces[number].append(UInt8(ascii: ",")) }
                pieces[number].append(contentsOf: member[1..<member.count - 1])
            }
        }
        guard isCut != nil, (try? splitter.finish()) != nil else { return nil }
        pieces.removeAll { $0.count == 1 }
        for number in pieces.indices { pieces[number].append(UInt8(ascii: "}")) }
        return pieces
    }

    /// Reads the sources of a piece.
    ///
    /// - Throws: Also ``FeedError/unexpected(path:reason:)`` where a source can only be told by its place in the whole file.
    public static func read(
        piece: [UInt8], of path: String, feed: FeedID, limits: FeedLimits = .standard,
        into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        var splitter = JSONMemberSplitter(memberLimit: limits.recordBytes)
        let parser = JSONParser()
        try piece.withUnsafeBytes { piece in
            try splitter.feed(piece) { member, _ in
                try passSource(member, at: nil, of: path, parser: parser, reading: &reading, to: &sink)
            }
        }
        try splitter.finish()
        return reading
    }

    /// FNV-1a of what comes before the first colon: the name, or its beginning.
    private static func hashOfName(_ member: [UInt8]) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in member where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: ":") { break }
            state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return state ^ (state >> 32)
    }
}
