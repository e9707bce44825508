import Foundation

extension PackedSamples {
    /// Packs bytes with a program of the machine.
    ///
    /// - Parameter tool: "gzip", "xz" or "zstd".
    static func packed(_ bytes: [UInt8], by tool: String) throws -> [UInt8] {
        let folder = try TemporaryRoot()
        try folder.write("/x", bytes: bytes)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool, "-q", "-f", folder.url("/x").path]
        try process.run()
        process.waitUntilExit()
        let ending = ["xz": "xz", "zstd": "zst", "gzip": "gz"][tool] ?? ""
        return Array(try Data(contentsOf: folder.url("/x.\(ending)")))
    }
}
