import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The dashboard's files, read once at start.
///
/// A request is looked up in a table, so no path can lead out of the folder, and a reply costs no file access. A new build of the
/// dashboard shows after a restart.
struct DashboardAssets: Sendable {
    private let assets: [String: Asset]

    /// Most bytes held in all, and most files; a dashboard has about 1 MB. What is beyond is left out and named in the log.
    private static let sizeLimit = 64 << 20
    private static let countLimit = 10_000

    /// One file with the forms it is there in.
    private struct Asset: Sendable {
        var plain: ByteBuffer
        var type: String
        var etag: String
        var isImmutable: Bool
        var gzip: ByteBuffer?
        var brotli: ByteBuffer?
    }

    /// - Parameter directory: `nil` or a folder that cannot be read gives a page that says how to get a dashboard.
    init(directory: String?, logger: Logger) {
        let files = directory.map { Self.read($0, logger) } ?? [:]
        var assets: [String: Asset] = [:]
        for (path, bytes) in files where !path.hasSuffix(".gz") && !path.hasSuffix(".br") {
            assets[path] = Self.asset(path, bytes, gzip: files[path + ".gz"], brotli: files[path + ".br"])
        }
        if assets["/index.html"] == nil {
            logger.notice("no dashboard", metadata: ["directory": "\(directory ?? "not set")"])
            assets = ["/index.html": Self.asset("/index.html", Array(Self.missingPage.utf8), gzip: nil, brotli: nil)]
        }
        self.assets = assets
    }

    /// A file, or the page of the application for any path that the application may route itself.
    ///
    /// - Throws: 404, or 405 for other methods than GET and HEAD.
    func response(to request: Request) throws -> Response {
        guard request.method == .get || request.method == .head else {
            throw APIError.notFound
        }
        guard let path = request.uri.path.removingPercentEncoding else { throw APIError.notFound }
        if let asset = assets[path] { return response(asset, to: request) }
        guard Self.isPage(path), let index = assets["/index.html"] else { throw APIError.notFound }
        return response(index, to: request)
    }

    /// Client routes have no dot in their last segment, and never are under a prefix of the API.
    private static func isPage(_ path: String) -> Bool {
        guard !path.hasPrefix("/v1/"), !path.hasPrefix("/-/"), path != "/v1" else { return false }
        return path.split(separator: "/").last?.contains(".") != true
    }

    private func response(_ asset: Asset, to request: Request) -> Response {
        var headers: HTTPFields = [
            .contentType: asset.type, .eTag: asset.etag, .vary: "Accept-Encoding",
            .cacheControl: asset.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        // Weak comparison, over a list (RFC 9110 section 13.1.2).
        let known = request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces).replacing("W/", with: "") }
        if known.contains(asset.etag) || known.contains("*") { return Response(status: .notModified, headers: headers) }
        let accepted = Self.acceptedEncodings(request.headers[values: .acceptEncoding])
        let (body, encoding): (ByteBuffer, String?) =
            if let brotli = asset.brotli, accepted.contains("br") {
                (brotli, "br")
            } else if let gzip = asset.gzip, accepted.contains("gzip") {
                (gzip, "gzip")
            } else {
                (asset.plain, nil)
            }
        headers[.contentEncoding] = encoding
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// The codings of `Accept-Encoding` that are not refused by `q=0`.
    private static func acceptedEncodings(_ headers: [String]) -> Set<String> {
        var accepted: Set<String> = []
        for item in headers.flatMap({ $0.split(separator: ",") }) {
            let parts = item.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if let name = parts.first, weight > 0 { accepted.insert(name) }
        }
        return accepted
    }

    private static func asset(_ path: String, _ bytes: [UInt8], gzip: [UInt8]?, brotli: [UInt8]?) -> Asset {
        let digest = SHA256.hash(data: bytes).prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return Asset(
            plain: ByteBuffer(bytes: bytes), type: AssetType.mediaType(of: path), etag: "\"\(digest.joined())\"",
            isImmutable: AssetType.hasContentHash(path), gzip: gzip.map(ByteBuffer.init(bytes:)),
            brotli: brotli.map(ByteBuffer.init(bytes:)))
    }

    /// Regular files below a folder by their path from it, "/index.html". Hidden files and links are left out.
    private static func read(_ directory: String, _ logger: Logger) -> [String: [UInt8]] {
        let root = URL(fileURLWithPath: directory, isDirectory: true).standardizedFileURL
        let keys: [URLResourceKey] = [.isRegularFileKey, .isSymbolicLinkKey]
        guard
            let walk = FileManager.default.enumerator(
                at: root, includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
        else { return [:] }
        var files: [String: [UInt8]] = [:]
        var size = 0
        for case let url as URL in walk {
            guard let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                values.isSymbolicLink != true, let data = try? Data(contentsOf: url)
            else { continue }
            let path = String(url.standardizedFileURL.path.dropFirst(root.path.count))
            guard files.count < countLimit, size + data.count <= sizeLimit else {
                logger.warning("dashboard file left out: too many or too large", metadata: ["file": "\(path)"])
                continue
            }
            size += data.count
            files[path.hasPrefix("/") ? path : "/" + path] = Array(data)
        }
        return files
    }

    /// Shown where the dashboard would be. Plain, as the content security policy allows nothing inline.
    private static let missingPage = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>ZeroTrace</title></head>
        <body>
        <h1>ZeroTrace is running</h1>
        <p>The dashboard is not installed here. Build it with <code>make dashboard</code> and name its folder with
        <code>--dashboard</code>, then start again.</p>
        <p>The API is there: <a href="/openapi.json">its description</a>, <a href="/-/ready">its state</a>.</p>
        </body>
        </html>

        """
}
