import Advisories
import Foundation
import JSONDocuments
import Matching

/// The labelled pairs and the facts they rest on, as the folder `Corpus` holds them.
///
/// Two sets: drawn ones, judged by the ecosystems' own tools (`Scripts/accuracy/generate.py`), and hard ones, labelled by hand after
/// mistakes that scanners are known to have made. Each has an index of its own, so that facts of one do not speak in the other.
struct Corpus {
    /// The pairs of one file, in its order.
    let pairs: [LabelledPair]
    /// The facts of the file beside it.
    let advisories: [Advisory]

    /// Drawn out of feeds.
    static func drawn() throws -> Corpus { try Corpus(pairs: "pairs.tsv", advisories: "advisories.ndjson") }
    /// Labelled by hand.
    static func hard() throws -> Corpus { try Corpus(pairs: "hard-pairs.tsv", advisories: "hard-advisories.ndjson") }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus")

    private init(pairs: String, advisories: String) throws {
        self.pairs = try Self.lines(pairs).enumerated().map {
            try LabelledPair(line: $0.element, number: $0.offset + 1)
        }
        let parser = JSONParser()
        self.advisories = try Self.lines(advisories).map { line in
            try CondensedAdvisory(try parser.parse(Array(line.utf8)), line: line).advisory()
        }
    }

    /// The lines of a file, without empty ones and those that begin with `#`.
    static func lines(_ name: String) throws -> [String] {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    /// Builds an index of the facts in a folder that is gone afterwards, and lends it.
    func withIndex<Result>(_ body: (AdvisoryIndex) throws -> Result) throws -> Result {
        try Self.withIndex(of: advisories, body)
    }

    /// Builds an index of advisories in a folder that is gone afterwards, and lends it.
    static func withIndex<Result>(
        of advisories: [Advisory], _ body: (AdvisoryIndex) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("accuracy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var builder = IndexBuilder()
        for advisory in advisories { try builder.add(advisory) }
        let path = folder.appendingPathComponent("index").path
        _ = try builder.write(to: path)
        return try body(try AdvisoryIndex(path: path))
    }
}

/// What is wrong with a file of the corpus.
struct CorpusError: Error, CustomStringConvertible {
    let description: String
}
