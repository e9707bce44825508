import BoundedInput
import Glibc
import PackageIdentity

/// Packages in the store of Nix and NixOS, by the names of their folders: "/nix/store/0c5…p8-openssl-3.0.12-bin".
///
/// All that lies in the store, whichever profile or system refers to it: an older generation is there, and can be run, until the store is
/// cleaned. Package URLs have no type for Nix; the plain one leaves a package to the CPE names of its software, which is built from the publisher's
/// source.
///
/// - Source: <https://nix.dev/manual/nix/latest/store/store-path>,
///   <https://nix.dev/manual/nix/latest/language/builtins.html#builtins-parseDrvName>
struct NixCollector: DatabaseCollector {
    static let store = "/nix/store"

    /// Most entries of the store that are looked at.
    private static let maximumEntries = 1_000_000

    func collect(from root: RootFolder, into findings: inout Findings) {
        var listing: FolderListing
        do throws(FileReadError) {
            listing = try root.list(Self.store)
        } catch {
            if !error.isMissing { findings.warn(Self.store, "\(error.reason)") }
            return
        }
        for _ in 0..<Self.maximumEntries {
            guard let entry = listing.next() else { break }
            // What is a file was fetched, or says how something is built.
            guard entry.kind == Int32(DT_DIR) || entry.kind == Int32(DT_UNKNOWN) else { continue }
            let text = entry.name.text
            guard let name = NixStoreName(text) else { continue }
            findings.add(at: "\(Self.store)/\(text)") { () throws(PackageURLError) in
                try PackageURL(type: "generic", name: name.name, version: name.version)
            }
        }
        if let code = listing.failure { findings.warn(Self.store, "\(FileReadError.Reason.system(code: code))") }
    }
}

/// Name and version of what lies in the store.
struct NixStoreName: Equatable {
    let name: String
    let version: String

    private static let digestLength = 32

    /// Parts of a package that are installed apart; the one without a suffix is the package.
    private static let outputs = [
        "-bin", "-dev", "-lib", "-man", "-doc", "-devdoc", "-info", "-out", "-static", "-debug", "-dist", "-data",
        "-terminfo", "-nss", "-wrapped",
    ]

    /// `nil` when it has no version, as configuration files have none, or is the recipe of a package.
    init?(_ entry: String) {
        let bytes = Array(entry.utf8)
        guard bytes.count > Self.digestLength + 1, bytes[Self.digestLength] == UInt8(ascii: "-"),
            !entry.hasSuffix(".drv")
        else { return nil }
        let rest = bytes[(Self.digestLength + 1)...]
        // As Nix does it: the version begins behind the first dash that no letter follows.
        let dash = rest.indices.dropLast().first { index in
            rest[index] == UInt8(ascii: "-") && !Self.isLetter(rest[index + 1]) && index > rest.startIndex
        }
        guard let dash, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(rest[dash + 1]) else { return nil }
        name = String(decoding: rest[..<dash], as: UTF8.self)
        let version = String(decoding: rest[(dash + 1)...], as: UTF8.self)
        let output = Self.outputs.first(where: version.hasSuffix)
        self.version = String(version.dropLast(output?.count ?? 0))
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
