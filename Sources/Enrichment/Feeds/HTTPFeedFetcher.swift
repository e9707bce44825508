import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The publishers themselves, or a mirror of them at a base URL with the same paths as the snapshot folder.
struct HTTPFeedFetcher: FeedFetcher {
    /// `nil` asks the publishers.
    let mirror: String?
    let client: HTTPClient

    /// Bytes of one feed file, at most. The largest public export is about 250 MB.
    static let sizeLimit = 2 << 30
    /// For the head of the answer, and again between two pieces of the body.
    static let timeout = TimeAmount.seconds(30)

    /// A source that cannot be connected to is told at once and tried again by the next sync, not for half a minute by this one.
    static func makeClient() -> HTTPClient {
        var settings = HTTPClient.Configuration()
        settings.connectionPool.retryConnectionEstablishment = false
        settings.timeout.connect = .seconds(10)
        settings.redirectConfiguration = .follow(max: 3, allowCycles: false)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    func listFiles() -> [FeedFile] { FeedCatalogue.files }

    func fetch(_ file: FeedFile, to staging: String, unlessStill known: FeedVersion?) async throws -> FetchOutcome {
        let url = mirror.map { ($0.hasSuffix("/") ? $0 : $0 + "/") + encoded(file.path) } ?? file.origin
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "zerotrace-feeds")
        if let known, known.text.hasPrefix(url + " ") {
            request.headers.add(name: "If-None-Match", value: String(known.text.dropFirst(url.utf8.count + 1)))
        }
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            switch response.status {
            case .ok:
                try await write(response.body, to: staging)
                return .fetched(response.headers.first(name: "ETag").map { FeedVersion(text: "\(url) \($0)") })
            case .notModified: return .unchanged
            case .notFound where mirror != nil: return .absent
            default: throw FeedFetchError.refused(status: Int(response.status.code))
            }
        } catch let error as FeedFetchError {
            throw error
        } catch {
            throw FeedFetchError.unreachable("\(error)")
        }
    }

    private func encoded(_ path: String) -> String {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    }

    private func write(_ body: HTTPClientResponse.Body, to path: String) async throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw FeedFetchError.unreadable("cannot write \(path)") }
        defer { try? handle.close() }
        var total = 0
        for try await piece in body {
            total += piece.readableBytes
            guard total <= Self.sizeLimit else { throw FeedFetchError.tooLarge(limit: Self.sizeLimit) }
            try handle.write(contentsOf: Data(piece.readableBytesView))
        }
    }
}
