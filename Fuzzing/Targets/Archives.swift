import Archives
import BoundedInput
import ZipGroups

extension FuzzTargets {
    /// Compressed files and archives.
    static let archives: [FuzzTarget] =
        [
            FuzzTarget("gzip", maximumLength: 8192) { input in
                let limit = 1 << 20
                require(try Gzip.decompress(input, limit: limit).count <= limit, "the limit holds")
            },
            FuzzTarget("gzip-round-trip") { input in
                let level = Int32(input.first ?? 0) - 100
                let packed = Gzip.compress(input, level: level)
                require(try Gzip.decompress(packed, limit: input.count) == input, "unpacking undoes packing")
                let path = TemporaryPlace.file("packed.gz", packed)
                require(try Archive.readCompressed(path, limit: input.count) == input, "both readers agree")
            },
            FuzzTarget("archive-stream", maximumLength: 16384) { input in
                let limit = 1 << 20
                let bytes = try Archive.readCompressed(TemporaryPlace.file("stream", input), limit: limit)
                require(bytes.count <= limit, "the limit holds")
            },
            FuzzTarget("zip-groups", maximumLength: 16384, dictionary: "archive") { try checkGroups($0) },
        ]
        + ["zip", "tar"].map { form in
            FuzzTarget("archive-\(form)", maximumLength: 16384, dictionary: "archive") { try checkArchive($0) }
        }

    private static func checkArchive(_ input: [UInt8]) throws {
        let (entryLimit, totalLimit, countLimit) = (1 << 18, 1 << 20, 50)
        var total = 0
        var count = 0
        try Archive.forEachEntry(
            in: TemporaryPlace.file("archive", input), entryLimit: entryLimit, totalLimit: totalLimit,
            countLimit: countLimit
        ) { name, bytes in
            require(bytes.count <= entryLimit, "an entry's limit holds")
            total += bytes.count
            count += 1
        }
        require(total <= totalLimit && count <= countLimit, "the limits hold")
    }

    /// Of a zip that can be read by groups, nothing is missing that is there when it is read whole. More may be there: where the end of the
    /// directory is damaged, libarchive finds no entries and says nothing.
    private static func checkGroups(_ input: [UInt8]) throws {
        let path = TemporaryPlace.file("archive", input)
        let (entryLimit, totalLimit, countLimit) = (1 << 18, 1 << 20, 50)
        guard
            let groups = ZipGroups(
                of: path, entryLimit: entryLimit, totalLimit: totalLimit, countLimit: countLimit)
        else { return }
        require((1...countLimit).contains(groups.count), "no group is empty")
        var read: [Entry] = []
        for number in 0..<groups.count {
            _ = try groups.packed(number)
            try groups.forEachEntry(of: number) { read.append(Entry(name: $0, bytes: $1)) }
        }
        require(Set(read.map(\.name)) == groups.names, "every name is read")
        var whole: [Entry] = []
        try Archive.forEachEntry(
            in: path, entryLimit: entryLimit, totalLimit: totalLimit, countLimit: countLimit
        ) { whole.append(Entry(name: $0, bytes: $1)) }
        require(whole.allSatisfy(read.contains), "nothing is missing")
    }

    private struct Entry: Equatable {
        let name: String
        let bytes: [UInt8]
    }
}
