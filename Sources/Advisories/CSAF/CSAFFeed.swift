import Archives
import JSONDocuments

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads CSAF 2 documents: VEX and security advisories of Red Hat, SUSE and any other publisher of the format.
///
/// RPM packages come under the scope of the product they are part of (``VendorScope``) and the names of binary packages
/// (``RPMStatements``); products that stand alone and have a CPE under `cpe:a`, `cpe:o` and `cpe:h` (``ProductStatements``). Container
/// images, libraries within products and products without any identifier are passed over.
///
/// Source: <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html>,
/// <https://security.access.redhat.com/data/csaf/v2/>, <https://www.suse.com/support/security/csaf/>
public enum CSAFFeed {
    /// The most bytes a document may have, as a multiple of the limit for records: one that speaks of every build of every product
    /// reaches 50 MB.
    private static let documentFactor = 2

    /// Reads a document, plain or compressed, an archive of documents (zip, or tar in any compression), or a folder of documents with
    /// its subfolders.
    ///
    /// A broken document is set aside under its name, ids that its product tree lacks once for each document. Files that are not
    /// `*.json` (checksums, signatures, lists of changes) and the publisher's `provider-metadata.json`, `index.json` and
    /// `csaf_aggregator.json` are no documents.
    ///
    /// - Throws: `ArchiveError` for a damaged file or archive, ``FeedError`` for a folder that cannot be listed, or what the sink throws.
    @discardableResult
    public static func read(
        _ path: String, feed: FeedID, limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        let parser = JSONParser()
        var isFolder: Bool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
            for file in try files(in: path) {
                let name = String(file.dropFirst(path.count + 1))
                try readFile(file, named: name, parser: parser, limits: limits, reading: &reading, into: &sink)
            }
        } else if try isDocument(path) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            try readFile(path, named: name, parser: parser, limits: limits, reading: &reading, into: &sink)
        } else {
            try readArchive(path, parser: parser, limits: limits, reading: &reading, into: &sink)
        }
        return reading
    }

    /// Reads one document.
    ///
    /// - Parameter name: What to call it when it is set aside.
    /// - Throws: What the sink throws; a broken document is set aside.
    @discardableResult
    public static func parse(
        _ bytes: [UInt8], named name: String = "document", feed: FeedID, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        try pass(bytes, named: name, parser: JSONParser(), reading: &reading, to: &sink)
        return reading
    }

    // MARK: - Files

    private static func readFile(
        _ path: String, named name: String, parser: JSONParser, limits: FeedLimits, reading: inout FeedReading,
        into sink: inout some AdvisorySink
    ) throws {
        let limit = limits.recordBytes * documentFactor
        let bytes: [UInt8]
        do {
            bytes = try Archive.readCompressed(path, limit: limit)
        } catch ArchiveError.entryTooLarge {
            return reading.setAside(name, "is larger than \(limit) bytes", in: &sink)
        }
        try pass(bytes, named: name, parser: parser, reading: &reading, to: &sink)
    }

    private static func readArchive(
        _ path: String, parser: JSONParser, limits: FeedLimits, reading: inout FeedReading,
        into sink: inout some AdvisorySink
    ) throws {
        let limit = limits.recordBytes * documentFactor
        // An entry above the limit of documents is set aside by name; one far above it is an attack.
        try Archive.forEachEntry(
            in: path, entryLimit: limit * 4, totalLimit: limits.feedBytes, countLimit: limits.records
        ) { name, bytes in
            guard holdsDocument(name) else { return }
            guard bytes.count <= limit else {
                return reading.setAside(name, "is larger than \(limit) bytes", in: &sink)
            }
            try pass(bytes, named: name, parser: parser, reading: &reading, to: &sink)
        }
    }

    private static func pass(
        _ bytes: [UInt8], named name: String, parser: JSONParser, reading: inout FeedReading,
        to sink: inout some AdvisorySink
    ) throws {
        let advisories: [Advisory]
        let unknown: Int
        do {
            var document = try CSAFDocument(try parser.parse(bytes))
            advisories = try document.advisories(feed: reading.feed)
            unknown = document.unknownProducts
        } catch let error as JSONDocumentError {
            return reading.setAside(name, error.description, in: &sink)
        } catch let error as RecordFault {
            return reading.setAside(name, error.description, in: &sink)
        }
        if unknown > 0 {
            reading.setAside(name, "\(unknown) product ids are not in its product tree", in: &sink)
        }
        for advisory in advisories { try reading.pass(advisory, to: &sink) }
    }

    /// Whether the unpacked content begins as JSON does.
    private static func isDocument(_ path: String) throws -> Bool {
        struct Enough: Error {}
        var first: UInt8?
        do {
            try Archive.forEachChunk(inCompressed: path, limit: .max) { chunk in
                first = chunk.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }
                if first != nil { throw Enough() }
            }
        } catch is Enough {}
        return first == UInt8(ascii: "{")
    }

    private static func holdsDocument(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let isJSON = ["", ".gz", ".xz", ".bz2", ".zst"].contains { name.hasSuffix(".json" + $0) }
        return isJSON && !name.hasPrefix(".")
            && !["provider-metadata.json", "index.json", "csaf_aggregator.json", "aggregator.json"].contains(name)
    }

    /// Every document below a folder, by the bytes of their paths.
    private static func files(in folder: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        } catch {
            throw FeedError.unreadable(path: folder, reason: "cannot be listed")
        }
        return names.filter(holdsDocument).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map {
            "\(folder)/\($0)"
        }
    }
}
