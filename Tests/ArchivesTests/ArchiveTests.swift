import Archives
import Glibc
import Testing
import ZipTesting

private let text = Array("one small file\n".utf8)

/// The entries of a zip, and the error that ended the reading if one did.
private func entries(
    _ zip: [UInt8], entryLimit: Int = 1_000, totalLimit: Int = 10_000, countLimit: Int = 100
) throws -> (names: [String], contents: [[UInt8]], failure: ArchiveError?) {
    try withFile(zip) { path in
        var names: [String] = []
        var contents: [[UInt8]] = []
        do {
            try Archive.forEachEntry(in: path, entryLimit: entryLimit, totalLimit: totalLimit, countLimit: countLimit) {
                names.append($0)
                contents.append($1)
            }
        } catch let error as ArchiveError {
            return (names, contents, error)
        }
        return (names, contents, nil)
    }
}

/// The kind of an error with the parts that do not depend on the temporary file's name.
private func kind(_ error: ArchiveError?) -> String {
    switch error {
    case nil: "none"
    case .cannotOpen: "cannot open"
    case .unknownFormat: "unknown format"
    case .damaged(_, let entry, _, _): "damaged in \(entry ?? "nothing")"
    case .entryTooLarge(_, let entry, let limit): "\(entry ?? "stream") over \(limit)"
    case .totalTooLarge(_, let limit): "total over \(limit)"
    case .cannotWrite(_, let reason): "cannot write: \(reason)"
    case .tooManyEntries(_, let limit): "more than \(limit) entries"
    }
}

@Suite struct ZipTests {
    @Test func handsOverRegularFilesInOrder() throws {
        var zip = ZipBytes()
        zip.add("b.json", text)
        zip.add("folder/", [])
        zip.add("folder/ä.json", [])
        zip.add("../escape.json", [1, 2, 3])
        let read = try entries(zip.finished)
        #expect(read.names == ["b.json", "folder/ä.json", "../escape.json"])
        #expect(read.contents == [text, [], [1, 2, 3]])
        #expect(read.failure == nil)
    }

    @Test func anArchiveOfFoldersHasNoEntries() throws {
        var zip = ZipBytes()
        zip.add("folder/", [])
        let read = try entries(zip.finished)
        #expect(read.names == [])
        #expect(read.failure == nil)
    }

    /// libarchive takes an archive of nothing for no archive; an export of no records is a mistake anyway.
    @Test func anArchiveOfNothingIsRefused() throws {
        #expect(try kind(entries(ZipBytes().finished).failure) == "unknown format")
    }

    @Test func limitsEndInNamedErrors() throws {
        var zip = ZipBytes()
        for name in ["a", "b", "c"] { zip.add(name, [UInt8](repeating: 7, count: 100)) }
        #expect(try kind(entries(zip.finished, entryLimit: 100, totalLimit: 300, countLimit: 3).failure) == "none")
        #expect(try kind(entries(zip.finished, entryLimit: 99).failure) == "a over 99")
        let overTotal = try entries(zip.finished, totalLimit: 299)
        #expect(kind(overTotal.failure) == "total over 299")
        #expect(overTotal.names == ["a", "b"])
        #expect(try kind(entries(zip.finished, countLimit: 2).failure) == "more than 2 entries")
    }

    @Test func aWrongChecksumNamesTheEntry() throws {
        var zip = ZipBytes()
        zip.add("good", text)
        zip.add("bad", text, checksum: 1)
        zip.add("never", text)
        let read = try entries(zip.finished)
        #expect(read.names == ["good"])
        #expect(kind(read.failure) == "damaged in bad")
    }

    @Test func aZipCutAnywhereNeverLooksWhole() throws {
        var zip = ZipBytes()
        zip.add("first", text)
        zip.add("second", text)
        let whole = zip.finished
        for length in 0..<whole.count {
            let read = try entries(Array(whole.prefix(length)))
            #expect(read.failure != nil, "cut at \(length)")
            #expect(read.names == [])
        }
        let cut = try entries(Array(whole.dropLast(5))).failure
        guard case .damaged(_, nil, Int64(whole.count - 5), let reason)? = cut else {
            Issue.record("\(String(describing: cut))")
            return
        }
        #expect(reason.contains("cut off"))
    }

    @Test func damageInAnEntryNamesItAndTheOffset() throws {
        var zip = ZipBytes()
        zip.add("first", text)
        zip.add("second", text, method: 8)
        zip.add("third", text)
        let read = try entries(zip.finished)
        #expect(read.names == ["first"])
        guard case .damaged(_, "second", let offset, _)? = read.failure else {
            Issue.record("\(String(describing: read.failure))")
            return
        }
        #expect(offset > 0 && offset <= Int64(zip.finished.count))
    }

    @Test func damageAtAnyByteNeverTraps() throws {
        var zip = ZipBytes()
        zip.add("first", text)
        zip.add("second", text)
        let whole = zip.finished
        var failures = 0
        for position in whole.indices {
            for difference: UInt8 in [1, 4, 127, 128, 255] {
                var damaged = whole
                damaged[position] &+= difference
                failures += try entries(damaged).failure == nil ? 0 : 1
            }
        }
        #expect(failures > 0)
    }

    @Test func otherFilesAreRefused() throws {
        #expect(try kind(entries(text).failure) == "unknown format")
        #expect(try kind(entries([]).failure) == "unknown format")
        #expect(throws: ArchiveError.cannotOpen(path: "/tmp", reason: "not a regular file")) {
            try Archive.forEachEntry(in: "/tmp", entryLimit: 1, totalLimit: 1) { _, _ in }
        }
        #expect(throws: ArchiveError.cannotOpen(path: "/nonexistent", reason: "No such file or directory")) {
            try Archive.readCompressed("/nonexistent", limit: 1)
        }
    }

    @Test func errorsOfTheReceiverPassThrough() throws {
        struct Enough: Error {}
        var zip = ZipBytes()
        zip.add("a", text)
        _ = try withFile(zip.finished) { path in
            #expect(throws: Enough.self) {
                try Archive.forEachEntry(in: path, entryLimit: 99, totalLimit: 99) { _, _ in throw Enough() }
            }
        }
    }
}

@Suite struct CompressedFileTests {
    private func read(_ bytes: [UInt8], limit: Int = 1_000_000) throws -> [UInt8] {
        try withFile(bytes) { try Archive.readCompressed($0, limit: limit) }
    }

    private func failure(_ bytes: [UInt8], limit: Int = 1_000_000) throws -> String {
        do {
            _ = try read(bytes, limit: limit)
            return "none"
        } catch let error as ArchiveError {
            return kind(error)
        }
    }

    @Test func plainFilesAreReadAsTheyAre() throws {
        #expect(try read(text) == text)
        #expect(try read([]) == [])
    }

    /// `text` as written by `xz -0` and `bzip2 -1`.
    @Test(arguments: [Packed.xz, Packed.bzip2])
    func compressedFilesAreKnownByTheirContent(packed: [UInt8]) throws {
        #expect(try read(packed) == text)
    }

    @Test func gzipIsUnpackedAndItsTrailerChecked() throws {
        let long = (0..<50_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        #expect(try read(ZipBytes.gzip(long)) == long)
        #expect(try read(ZipBytes.gzip([])) == [])
        #expect(try failure(ZipBytes.gzip(long, checksum: 1)).hasPrefix("damaged"))
        #expect(try failure(ZipBytes.gzip(long, size: 5)).hasPrefix("damaged"))
    }

    @Test(arguments: [ZipBytes.gzip(text), Packed.xz, Packed.bzip2])
    func aFileCutAnywhereNeverLooksWhole(packed: [UInt8]) throws {
        // Below 14 bytes libarchive cannot tell every format, so the piece counts as plain.
        for length in 14..<packed.count {
            #expect(throws: ArchiveError.self, "cut at \(length)") { try read(Array(packed.prefix(length))) }
        }
    }

    @Test func theLimitIsInclusive() throws {
        let packed = ZipBytes.gzip(text)
        #expect(try failure(packed, limit: text.count) == "none")
        #expect(try failure(packed, limit: text.count - 1) == "stream over \(text.count - 1)")
        #expect(try failure(text, limit: text.count - 1) == "stream over \(text.count - 1)")
    }

    @Test func aBombEndsAtTheLimit() throws {
        // A megabyte of zeros, a thousand times smaller on disk.
        #expect(try read(Packed.zeros) == [UInt8](repeating: 0, count: 1_000_000))
        #expect(try failure(Packed.zeros, limit: 999_999) == "stream over 999999")
    }

    @Test func aFIFOIsRefusedInsteadOfWaitedFor() throws {
        let path = "/tmp/zerotrace-fifo-\(getpid())"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: ArchiveError.cannotOpen(path: path, reason: "not a regular file")) {
            try Archive.readCompressed(path, limit: 10)
        }
    }
}
