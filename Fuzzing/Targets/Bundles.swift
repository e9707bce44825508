import Archives
import Crypto
import Enrichment
import Foundation
import Gateway

extension FuzzTargets {
    /// Signed bundles of feeds, lists of them, and the files with keys.
    static let bundles: [FuzzTarget] = [
        FuzzTarget("bundle", maximumLength: 16384) { input in
            let path = TemporaryPlace.file("input.ztb", input)
            importBundle(path)
        },
        FuzzTarget("bundle-manifest", maximumLength: 8192, form: .json, dictionary: "bundle") { input in
            try checkManifest(input)
        },
        FuzzTarget("bundle-list", maximumLength: 2048, form: .json, dictionary: "bundle") { input in
            TemporaryPlace.write(mirror + "/bundles.json", input)
            let data = emptyFolder()
            waiting {
                _ = try await FeedSync(
                    data: data, origin: .bundles(mirror, trust: [key.publicKey]), includesHostArchive: false,
                    progress: { _ in }
                ).run()
            }
            checkPlace(data)
        },
        FuzzTarget("feeds-state", maximumLength: 4096, form: .json, dictionary: "bundle") { input in
            let data = emptyFolder()
            TemporaryPlace.write(data.feeds + "/state.json", input)
            _ = try FeedSync.status(data: data)
            importBundle(wholeBundle, into: data)
        },
        FuzzTarget("key-files", maximumLength: 512, dictionary: "bundle") { input in
            if let key = try? BundleKey(input.text) {
                require((try? BundleKey(key.description)) == key, "\(key) reads as itself")
            }
            let path = TemporaryPlace.file("key", input)
            _ = try? BundleSigningKey(path: path)
            _ = try? SigningKeyFile.loadOrCreate(path: path)
        },
    ]

    /// Signs with the key whose 32 bytes are all 1, so that bundles among the seeds are signed as well.
    private static let key: BundleSigningKey = {
        let text = "ed25519-private:" + Data(repeating: 1, count: 32).base64EncodedString()
        guard let key = try? BundleSigningKey(path: text) else { fatalError("no key") }
        return key
    }()

    /// A feed that a bundle may carry: its name in the bundle is its digest.
    private static let contents: [[UInt8]] = [
        Array(
            #"""
            {"example":{"CVE-2024-0001":{"releases":{"bookworm":{"status":"open","repositories":{"bookworm":"1.0-1"},"urgency":"high"}}}}}
            """#.utf8),
        Array(
            #"""
            {"title":"KEV","catalogVersion":"1","dateReleased":"2024-01-01T00:00:00Z","count":1,\#
            "vulnerabilities":[{"cveID":"CVE-2024-0001","vendorProject":"a","product":"b","vulnerabilityName":"c","dateAdded":"2024-01-01",\#
            "shortDescription":"d","requiredAction":"e","dueDate":"2024-01-02","knownRansomwareCampaignUse":"Unknown","notes":""}]}
            """#.utf8),
    ]

    /// The input as a manifest that the key has signed, with the files of which a manifest may speak.
    private static func checkManifest(_ input: [UInt8]) throws {
        let path = TemporaryPlace.folder + "/manifest.ztb"
        try pack(input, to: path)
        importBundle(path)
    }

    private static func pack(_ manifest: [UInt8], to path: String) throws {
        let writer = try ArchiveWriter(path: path, format: .tarZstandard)
        try writer.add("manifest.json", manifest)
        let signer = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 1, count: 32))
        let message = Data("zerotrace feed bundle 1\n".utf8) + manifest
        try writer.add("manifest.sig", Array(signer.signature(for: message)))
        // Those that the manifest names; another would end every import.
        let text = String(decoding: manifest, as: UTF8.self)
        for content in contents {
            let digest = SHA256.hash(data: content).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            if text.contains(digest.joined()) { try writer.add("files/" + digest.joined(), content) }
        }
        try writer.finish()
    }

    /// A folder with bundles that a list may name: `a.ztb` has everything, `b.ztb` adds to it.
    private static let mirror: String = {
        let folder = TemporaryPlace.folder + "/mirror"
        TemporaryPlace.write(folder + "/bundles.json", [])
        for (name, sequence, base) in [("a.ztb", 1, "null"), ("b.ztb", 2, "1")] {
            let manifest = #"{"format":1,"sequence":\#(sequence),"base":\#(base),"feeds":[]}"#
            do { try pack(Array(manifest.utf8), to: folder + "/" + name) } catch { fatalError("\(error)") }
        }
        return folder
    }()

    private static var wholeBundle: String { mirror + "/a.ztb" }

    private static func importBundle(_ path: String, into data: DataFolder = emptyFolder()) {
        waiting {
            _ = try await FeedSync.importBundle(path, data: data, trust: [key.publicKey], progress: { _ in })
        }
        checkPlace(data)
    }

    /// Nothing is written beside the data folder, and nothing half done is left in it.
    private static func checkPlace(_ data: DataFolder) {
        let beside = try? FileManager.default.contentsOfDirectory(atPath: TemporaryPlace.folder + "/bundles")
        require(beside == ["data"], "nothing is written beside the data folder: \(beside ?? [])")
        let feeds = (try? FileManager.default.contentsOfDirectory(atPath: data.feeds)) ?? []
        let isHalfDone = feeds.contains { $0.hasPrefix(".bundle") || $0.hasPrefix(".staging") }
        require(!isHalfDone, "nothing half done is left: \(feeds)")
    }

    private static func emptyFolder() -> DataFolder {
        let path = TemporaryPlace.folder + "/bundles/data"
        try? FileManager.default.removeItem(atPath: path)
        return DataFolder(path: path)
    }

    /// Runs to its end; what it throws is a refusal.
    static func waiting(_ body: @escaping @Sendable () async throws -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            try? await body()
            done.signal()
        }
        done.wait()
    }
}
