/// What can be told of a file by its name.
enum AssetType {
    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "json": "application/json", "map": "application/json", "svg": "image/svg+xml", "png": "image/png",
        "ico": "image/x-icon", "woff2": "font/woff2", "woff": "font/woff", "ttf": "font/ttf",
        "txt": "text/plain; charset=utf-8", "webmanifest": "application/manifest+json", "wasm": "application/wasm",
    ]

    /// By extension; bytes of no known kind otherwise, which browsers do not run.
    static func mediaType(of path: String) -> String {
        let parts = path.split(separator: ".")
        guard parts.count > 1, let type = types[parts[parts.count - 1].lowercased()] else {
            return "application/octet-stream"
        }
        return type
    }

    /// Whether the name holds a hash of the content, "main-4F7XQ2LD.js": eight characters of base 32 before the extension, as esbuild
    /// writes them. Such a file never changes.
    static func hasContentHash(_ path: String) -> Bool {
        guard let file = path.split(separator: "/").last, let dash = file.lastIndex(of: "-") else { return false }
        let hash = file[file.index(after: dash)...].prefix { $0 != "." }
        return hash.count == 8 && hash.endIndex < file.endIndex
            && hash.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x32...0x37).contains($0) }
    }
}
