import Advisories
import Foundation
import SeededRandom
import Testing

/// Damaged feeds of every kind, by the way that a user names them: a file whose content tells what it is.
///
/// `ZEROTRACE_MUTATIONS` sets how many files are damaged; the acceptance is 10,000.
@Suite struct FeedMutationTests {
    private static let count = ProcessInfo.processInfo.environment["ZEROTRACE_MUTATIONS"].flatMap(Int.init) ?? 300
    /// Larger files would take the time of a hundred small ones.
    private static let sizeLimit = 256 << 10

    private static let folder =
        ProcessInfo.processInfo.environment["ZEROTRACE_FEEDS"]
        ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/feeds").path

    /// The smaller reference files, some of each format.
    private static let files: [String] = {
        let names = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
        return names.map { folder + "/" + $0 }.filter { path in
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            let size = facts?[.size] as? Int ?? 0
            return facts?[.type] as? FileAttributeType == .typeRegular && size > 0 && size <= sizeLimit
                && !path.hasSuffix(".md")
                && (try? FeedLayout.discover(path)) != nil
        }
    }()

    @Test(.enabled(if: FileManager.default.fileExists(atPath: folder), "reference feeds are missing"))
    func noDamagedFileTrapsAndNoneVanishes() throws {
        var random = SplitMix(seed: 20)
        try #require(!Self.files.isEmpty)
        try withFiles([:]) { scratch in
            for number in 0..<Self.count {
                let original = Self.files[number % Self.files.count]
                let path = scratch + "/" + (original as NSString).lastPathComponent
                let bytes = try [UInt8](Data(contentsOf: URL(filePath: original)))
                try Data(random.mutated(bytes)).write(to: URL(filePath: path))
                defer { try? FileManager.default.removeItem(atPath: path) }
                do {
                    for source in try FeedLayout.discover(path) {
                        var sink = CollectedAdvisories()
                        let reading = try source.readAdvisories(into: &sink)
                        #expect(reading.setAside == sink.issues.count && reading.records == sink.advisories.count)
                        _ = try source.readIntelligence()
                    }
                } catch {
                    #expect("\(error)".contains(path), "an error names the file: \(error)")
                }
            }
        }
    }
}
