import Advisories
import Archives
import Foundation
import LoopbackTesting
import Matching
import PackageIdentity
import SeededRandom
import Testing

@testable import Enrichment

/// Bundles from one installation to another.
@Suite(.timeLimit(.minutes(15))) struct BundleTests {
    private let mirror: TemporaryFolder
    private let source: TemporaryFolder
    private let target: TemporaryFolder
    private let key = BundleSigningKey()

    init() throws {
        mirror = try TemporaryFolder()
        source = try TemporaryFolder()
        target = try TemporaryFolder()
        try publish(fixed: "2")
        try mirror.write("kev/k.json", Feeds.kev.utf8)
    }

    private func publish(fixed: String, records: Int = 20) throws {
        try mirror.write(
            "osv/PyPI/all.zip",
            Feeds.zip((0..<records).map { Feeds.record("A\($0)", package: "tool\($0)", fixed: fixed) }))
    }

    private func fill() async throws {
        let data = DataFolder(path: source.path)
        let report = try await FeedSync(
            data: data, origin: .mirror(mirror.path), includesHostArchive: false, progress: { _ in }
        ).run()
        #expect(report.feeds.allSatisfy { $0.error == nil })
    }

    @discardableResult
    private func bundle(_ name: String, since: String? = nil, at seconds: Double = 1000) async throws -> String {
        let path = source.file(name)
        try await BundleWriter(data: DataFolder(path: source.path), key: key).write(
            to: path, since: since, now: Date(timeIntervalSince1970: seconds))
        return path
    }

    private func take(
        _ path: String, trust: [BundleKey]? = nil, rollback: Bool = false, accepting feeds: Set<String> = []
    ) async throws -> FeedSync.Report {
        var options = FeedSync.Options()
        options.allowsRollback = rollback
        options.acceptedWithdrawals = feeds
        return try await FeedSync.importBundle(
            path, data: DataFolder(path: target.path), trust: trust ?? [key.publicKey], options: options,
            progress: { _ in })
    }

    private func isAffected(_ version: String) throws -> Bool {
        let folder = IndexFolder(path: DataFolder(path: target.path).indexes)
        let index = try #require(try folder.currentDigest().flatMap { try folder.open(digest: $0) })
        return try !index.verdicts(for: PackageURL("pkg:pypi/tool3@\(version)")).isEmpty
    }

    private func sourceDigest() throws -> String? {
        IndexFolder(path: DataFolder(path: source.path).indexes).currentDigest()
    }

    @Test func aBundleMakesTheSameIndexElsewhere() async throws {
        try await fill()
        let report = try await take(bundle("a.ztb"))
        #expect(try report.changed && report.indexDigest == sourceDigest())
        #expect(report.feeds.map(\.feed) == ["kev", "osv/PyPI"] && report.feeds.map(\.records) == [1, 20])
        #expect(try await !take(bundle("a.ztb")).changed, "the same again changes nothing")
    }

    @Test func anIncrementCarriesWhatChangedAndNeedsItsBase() async throws {
        try await fill()
        let first = try await bundle("a.ztb")
        try publish(fixed: "3")
        try await fill()
        let second = try await bundle("b.ztb", since: first, at: 2000)
        let manifest = try BundleReader(path: second, trust: [key.publicKey]).readManifest().manifest
        #expect(manifest.base == 1000 && manifest.sequence == 2000 && manifest.includedSizes.count == 1)
        await #expect(throws: BundleError.baseMissing(path: second, base: 1000)) { try await take(second) }
        #expect(!target.exists("feeds/osv"))
        _ = try await take(first)
        #expect(try !isAffected("2.5"))
        #expect(try await take(second).indexDigest == sourceDigest())
        #expect(try isAffected("2.5"))
    }

    @Test func anOlderBundleIsRefusedUnlessAskedFor() async throws {
        try await fill()
        let first = try await bundle("a.ztb")
        try publish(fixed: "3")
        try await fill()
        _ = try await take(bundle("b.ztb", at: 2000))
        await #expect(throws: BundleError.older(path: first, sequence: 1000, held: 2000)) { try await take(first) }
        #expect(try isAffected("2.5"))
        _ = try await take(first, rollback: true)
        #expect(try !isAffected("2.5"))
    }

    @Test func aBundleOfAStrangerIsRefused() async throws {
        try await fill()
        let path = try await bundle("a.ztb")
        await #expect(throws: BundleError.untrusted(path: path)) {
            try await take(path, trust: [BundleSigningKey().publicKey])
        }
        await #expect(throws: BundleError.untrusted(path: path)) { try await take(path, trust: []) }
        _ = try await take(path, trust: [BundleSigningKey().publicKey, key.publicKey])
    }

    @Test func aBundleThatWouldWithdrawMuchChangesNothing() async throws {
        try await fill()
        _ = try await take(bundle("a.ztb"))
        try publish(fixed: "3", records: 15)
        try FileManager.default.removeItem(atPath: source.file("feeds"))
        try await fill()
        let path = try await bundle("b.ztb", at: 2000)
        await #expect(throws: BundleError.self) { try await take(path) }
        #expect(try !isAffected("2.5"))
        _ = try await take(path, accepting: ["osv/PyPI"])
        #expect(try isAffected("2.5"))
    }

    @Test func noDamageGetsIn() async throws {
        try await fill()
        let whole = try await source.read("feeds/../" + (bundle("a.ztb") as NSString).lastPathComponent)
        var random = SplitMix(seed: 7)
        let damaged =
            (0..<60).map { _ in
                var bytes = whole
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                return bytes
            } + stride(from: 0, to: whole.count, by: max(1, whole.count / 20)).map { Array(whole.prefix($0)) }
        for bytes in damaged {
            try source.write("d.ztb", bytes)
            let report = try? await take(source.file("d.ztb"))
            // A flipped bit that changes nothing of the content is no damage; whatever gets in is what was signed.
            let signed = try sourceDigest()
            #expect(report == nil || report?.indexDigest == signed)
            if report == nil { #expect(!target.exists("feeds/osv") && !target.exists("feeds/kev")) }
            #expect(!target.files().contains { $0.contains(".bundle") || $0.contains(".staging") })
            try? FileManager.default.removeItem(atPath: target.file("feeds"))
        }
    }

    // MARK: - Hostile bundles that the key did sign

    private func signed(_ manifest: BundleManifest, members: [(String, [UInt8])]) throws -> String {
        let path = source.file("hostile.ztb")
        let writer = try ArchiveWriter(path: path, format: .tarZstandard)
        let bytes = try manifest.encoded()
        try writer.add("manifest.json", Array(bytes))
        try writer.add("manifest.sig", Array(key.signature(for: BundleManifest.signedContext + bytes)))
        for (name, content) in members { try writer.add(name, content) }
        try writer.finish()
        return path
    }

    private func manifest(path: String, name: String, size: Int, sha256: String) -> BundleManifest {
        let file = BundleManifest.File(name: name, size: size, sha256: sha256, isIncluded: true)
        return BundleManifest(
            sequence: 1, base: nil, feeds: [.init(feed: "kev", path: path, digest: sha256, fetchedAt: 1, files: [file])]
        )
    }

    @Test(
        arguments: [
            ("../escape.json", ""), ("kev/../../escape.json", ""), ("/tmp/escape.json", ""), ("kev//k.json", ""),
            ("", ""),
            ("state.json", ""), ("lock", ""), ("apt/updates.json", ""), (".staging/x", ""), ("kev/.hidden", ""),
            ("nvd", "../../escape.json"), ("nvd", "/etc/escape"), ("nvd", "a/../b"), ("kev/a\u{0}b", ""),
            ("kev\\x", ""),
        ])
    func noNameLeadsOutOfTheSnapshotFolder(path: String, name: String) async throws {
        let content = Array(Feeds.kev.utf8)
        let digest = FileDigest.sha256(Data(content))
        let bundle = try signed(
            manifest(path: path, name: name, size: content.count, sha256: digest),
            members: [("files/" + digest, content)])
        await #expect(throws: BundleError.self) { try await take(bundle) }
        #expect(!target.files().contains { $0.contains("escape") || $0.contains("kev") })
    }

    @Test(arguments: [.min, -1, 253_402_300_800, .max] as [Int64]) func timesThatNeverWereAreRefused(time: Int64)
        async throws
    {
        let content = Array(Feeds.kev.utf8)
        let digest = FileDigest.sha256(Data(content))
        let good = manifest(path: "kev/k.json", name: "", size: content.count, sha256: digest)
        var (sequence, base, fetched) = (good, good, good)
        sequence.sequence = time
        base.base = time
        fetched.feeds[0].fetchedAt = time
        for manifest in [sequence, base, fetched] {
            let bundle = try signed(manifest, members: [("files/" + digest, content)])
            await #expect(throws: BundleError.damaged(path: bundle, reason: "the manifest names impossible times")) {
                try await take(bundle)
            }
        }
        #expect(!target.exists("feeds/kev"))
    }

    @Test func membersThatTheManifestDoesNotNameAreRefused() async throws {
        let content = Array(Feeds.kev.utf8)
        let digest = FileDigest.sha256(Data(content))
        let good = manifest(path: "kev/k.json", name: "", size: content.count, sha256: digest)
        for members in [
            [("files/" + digest, content), ("files/" + digest, content)], [("files/" + digest, content), ("x", [1])],
            [("../../" + digest, content)], [("files/../" + digest, content)], [],
            [("files/" + digest, content + [32])],
            [("files/" + digest, Array(content.dropLast()))],
            // Much more than was said.
            [("files/" + digest, [UInt8](repeating: 32, count: 64 << 20))],
        ] {
            let bundle = try signed(good, members: members)
            await #expect(throws: BundleError.self) { try await take(bundle) }
            #expect(!target.exists("feeds/kev"))
        }
        _ = try await take(signed(good, members: [("files/" + digest, content)]))
        #expect(target.exists("feeds/kev/k.json"))
    }

    // MARK: - Keys and mirrors

    @Test func keysAreKeptForTheirOwnerAndNeverReplaced() throws {
        let path = source.file("feeds.key")
        let publicPath = try key.save(path: path)
        #expect(publicPath == path + ".pub")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try BundleSigningKey(path: path).publicKey == key.publicKey)
        #expect(try BundleKey(publicPath) == key.publicKey && BundleKey("\(key.publicKey)") == key.publicKey)
        #expect(throws: BundleError.self) { try key.save(path: path) }
        #expect(throws: BundleError.badKey(path)) { try BundleKey(path) }
        #expect(throws: BundleError.badKey(publicPath)) { try BundleSigningKey(path: publicPath) }
        #expect(throws: BundleError.self) { try BundleKey("ed25519-public:AAAA") }
        #expect(throws: BundleError.noKey(path + ".old")) { try BundleKey(path + ".old") }
    }

    @Test func aMirrorLeadsFromWhatIsHeldToTheNewest() async throws {
        let web = try TemporaryFolder()
        let writer = BundleWriter(data: DataFolder(path: source.path), key: key)
        let server = try await LoopbackServer { request in
            (try? web.read(request.path)).map { .answer(200, body: $0) } ?? .answer(404)
        }
        func sync(_ place: String) async throws -> FeedSync.Report {
            try await FeedSync(
                data: DataFolder(path: target.path), origin: .bundles(place, trust: [key.publicKey]),
                includesHostArchive: false, progress: { _ in }
            ).run()
        }
        for version in 2...5 {
            try publish(fixed: "\(version)")
            try await fill()
            let summary = try await writer.publish(to: web.path, now: Date(timeIntervalSince1970: Double(version)))
            #expect(summary.base == (version == 2 ? nil : Int64(version - 1)))
            // One sync misses a bundle; the other comes by the folder itself.
            if version != 3 {
                #expect(try await sync(version == 4 ? web.path : server.url).indexDigest == sourceDigest())
            }
        }
        #expect(try await !sync(server.url).changed)
        #expect(try isAffected("4.5"))
        try await server.stop()
    }

    /// As long as ``BundleMirror/listLimit`` allows, which looking each base up from the beginning would take minutes for.
    @Test func aLongListIsFollowedToItsEnd() {
        var list = BundleMirror.List()
        list.bundles = (1...100_000).map { .init(file: "\($0).ztb", sequence: $0, base: $0 > 1 ? $0 - 1 : nil) }
            .reversed()
        #expect(list.steps(from: nil).map(\.sequence) == Array(1...100_000))
        #expect(list.steps(from: 99_998).map(\.sequence) == [99_999, 100_000])
        list.bundles.removeAll { $0.sequence == 5 }
        #expect(list.steps(from: nil).isEmpty)
    }

    @Test func whoeverServesAMirrorMayReadAllOfIt() async throws {
        let web = try TemporaryFolder()
        try await fill()
        let writer = BundleWriter(data: DataFolder(path: source.path), key: key)
        for second in 1...2 {
            _ = try await writer.publish(to: web.path, now: Date(timeIntervalSince1970: Double(second)))
        }
        let modes = try web.files().map {
            try FileManager.default.attributesOfItem(atPath: web.file($0))[.posixPermissions] as? NSNumber
        }
        #expect(modes == [0o644, 0o644, 0o644])
    }

    @Test func aBundleMayBeWrittenIntoTheWorkingFolder() async throws {
        try await fill()
        let name = "bundle-\(UUID().uuidString).ztb"
        defer { try? FileManager.default.removeItem(atPath: name) }
        try await BundleWriter(data: DataFolder(path: source.path), key: key).write(to: name)
        #expect(try await take(name).indexDigest == sourceDigest())
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() async throws {
        try await fill()
        let writer = BundleWriter(data: DataFolder(path: source.path), key: key)
        let missing = source.file("not-mounted/b.ztb")
        await #expect(throws: BundleError.unwritable("\(missing): No such file or directory")) {
            try await writer.write(to: missing)
        }
        let file = source.file("feeds/kev/k.json")
        let error = await #expect(throws: FileFailure.self) { _ = try await writer.publish(to: file + "/web") }
        #expect(error?.description == "cannot write \(file): Not a directory")
    }

    @Test func aMirrorWithoutBundlesIsSaidToHaveNone() async throws {
        let web = try TemporaryFolder()
        let server = try await LoopbackServer { _ in .answer(404) }
        for place in [web.path, server.url] {
            let sync = FeedSync(
                data: DataFolder(path: target.path), origin: .bundles(place, trust: [key.publicKey]),
                includesHostArchive: false, progress: { _ in })
            await #expect(throws: BundleError.noBundles(place: place)) { try await sync.run() }
        }
        try await server.stop()
    }

    @Test func everySoOftenAMirrorGetsAWholeBundle() async throws {
        let web = try TemporaryFolder()
        try await fill()
        let writer = BundleWriter(data: DataFolder(path: source.path), key: key)
        var bases: [Int64?] = []
        for second in 1...(BundleWriter.incrementLimit + 2) {
            bases.append(try await writer.publish(to: web.path, now: Date(timeIntervalSince1970: Double(second))).base)
        }
        #expect(bases.first == .some(nil) && bases.last == .some(nil))
        #expect(bases.dropFirst().dropLast().allSatisfy { $0 != nil })
    }
}
