import Archives
import Crypto
import Foundation

/// Reads a bundle from its start to its end, believing nothing before it is proven.
struct BundleReader {
    let path: String
    let trust: [BundleKey]

    /// The manifest of a bundle whose signature holds, and its digest.
    struct Proven {
        let manifest: BundleManifest
        let digest: String
    }

    /// Ends a reading once the manifest is known.
    private struct Enough: Error {}

    /// Reads the manifest alone.
    ///
    /// - Throws: ``BundleError``.
    func readManifest() throws -> Proven {
        var proven: Proven?
        do {
            try read(into: nil) {
                proven = $0
                throw Enough()
            }
        } catch is Enough {}
        guard let proven else { throw damaged("it ends before its manifest") }
        return proven
    }

    /// Unpacks the files into a folder, each under its digest.
    ///
    /// - Parameter accept: Called once with the proven manifest, before any file is written; what it throws ends the reading.
    /// - Throws: ``BundleError``, or what `accept` throws.
    func unpack(into folder: String, accept: (Proven) throws -> Void) throws -> Proven {
        var proven: Proven?
        try read(into: folder) {
            try accept($0)
            proven = $0
        }
        guard let proven else { throw damaged("it ends before its manifest") }
        return proven
    }

    private func read(into folder: String?, proven: (Proven) throws -> Void) throws {
        var manifest: Data?
        var awaited: [String: Int]?
        do {
            try Archive.forEachFile(in: path, totalLimit: .max, countLimit: 2_000_000) { name, nextChunk in
                if let known = manifest, awaited == nil {
                    guard name == BundleManifest.signatureName else { throw damaged("it has no signature") }
                    let result = try prove(known, signature: try collect(64, nextChunk))
                    awaited = result.manifest.includedSizes
                    try proven(result)
                } else if manifest == nil {
                    guard name == BundleManifest.fileName else { throw damaged("it does not begin with a manifest") }
                    manifest = try collect(BundleManifest.sizeLimit, nextChunk)
                } else {
                    let digest = String(name.dropFirst(BundleManifest.memberPrefix.count))
                    guard name.hasPrefix(BundleManifest.memberPrefix), let folder,
                        let size = awaited?.removeValue(forKey: digest)
                    else { throw damaged("it has a member that its manifest does not name") }
                    try write(to: folder + "/" + digest, digest: digest, size: size, nextChunk)
                }
            }
        } catch let error as ArchiveError {
            throw damaged("\(error)".replacing(path + ": ", with: ""))
        }
        guard let awaited, awaited.isEmpty else { throw damaged("files are missing") }
    }

    private func prove(_ manifest: Data, signature: Data) throws -> Proven {
        let message = BundleManifest.signedContext + manifest
        guard trust.contains(where: { $0.hasSigned(message, signature: signature) }) else {
            throw BundleError.untrusted(path: path)
        }
        return Proven(manifest: try BundleManifest(manifest, path: path), digest: FileDigest.sha256(manifest))
    }

    private func collect(_ limit: Int, _ nextChunk: () throws -> UnsafeRawBufferPointer?) throws -> Data {
        var data = Data()
        while let chunk = try nextChunk() {
            guard chunk.count <= limit - data.count else { throw damaged("a member is larger than it may be") }
            data.append(contentsOf: chunk)
        }
        return data
    }

    private func write(
        to file: String, digest: String, size: Int, _ nextChunk: () throws -> UnsafeRawBufferPointer?
    ) throws {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw BundleError.unwritable(file) }
        defer { try? handle.close() }
        var hash = SHA256()
        var left = size
        while let chunk = try nextChunk() {
            left -= chunk.count
            guard left >= 0 else { throw damaged("a file is larger than its manifest says") }
            hash.update(bufferPointer: chunk)
            try handle.write(contentsOf: Data(chunk))
        }
        guard left == 0, FileDigest.hex(hash.finalize()) == digest else {
            throw damaged("a file is not what its manifest says")
        }
    }

    private func damaged(_ reason: String) -> BundleError { .damaged(path: path, reason: reason) }
}
