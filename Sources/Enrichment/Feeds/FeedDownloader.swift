import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Fetches single files over HTTP, within limits.
struct FeedDownloader: Sendable {
    let client: HTTPClient

    /// Bytes of one file, at most. The largest public one is about 600 MB.
    static let sizeLimit = 4 << 30
    /// For the head of the answer, and again between two pieces of the body.
    static let timeout = TimeAmount.seconds(30)

    /// A source that cannot be connected to is told at once and tried again by the next sync, not for half a minute by this one.
    static func makeClient(followsRedirects: Bool = true) -> HTTPClient {
        var settings = HTTPClient.Configuration()
        settings.connectionPool.retryConnectionEstablishment = false
        settings.timeout.connect = .seconds(10)
        settings.redirectConfiguration = followsRedirects ? .follow(max: 3, allowCycles: false) : .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Lends a client and shuts it down afterwards.
    static func withClient<Result>(
        followsRedirects: Bool = true, _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        let client = makeClient(followsRedirects: followsRedirects)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// What a source answered.
    enum Answer: Sendable, Equatable {
        /// The file, with its entity tag.
        case file(tag: String?)
        case unchanged
        case notFound
    }

    /// Brings a file to disk.
    ///
    /// - Parameter tag: The entity tag of what is held, to be told when it is still the same.
    func download(_ url: String, to path: String, unlessTagged tag: String? = nil) async throws -> Answer {
        try await ask(url, tag: tag) { response in
            try FileManager.default.createDirectory(
                atPath: path.parentFolder, withIntermediateDirectories: true)
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw FeedFetchError.unreadable("cannot write \(path)") }
            defer { try? handle.close() }
            var total = 0
            for try await piece in response.body {
                total += piece.readableBytes
                guard total <= Self.sizeLimit else { throw FeedFetchError.tooLarge(limit: Self.sizeLimit) }
                try handle.write(contentsOf: Data(piece.readableBytesView))
            }
        }
    }

    /// Brings a small file to memory; `nil` when there is none.
    func read(_ url: String, limit: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let answer = try await ask(url, tag: nil) { response in
            for try await piece in response.body {
                bytes += piece.readableBytesView
                guard bytes.count <= limit else { throw FeedFetchError.tooLarge(limit: limit) }
            }
        }
        return answer == .notFound ? nil : bytes
    }

    /// Hands over a text file line by line, until `body` has seen enough and returns `false`.
    ///
    /// - Returns: Whether the file is there.
    func readLines(_ url: String, lineLimit: Int = 4096, _ body: (String) throws -> Bool) async throws -> Bool {
        let answer = try await ask(url, tag: nil) { response in
            var rest: [UInt8] = []
            for try await piece in response.body {
                rest += piece.readableBytesView
                let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                for line in lines.dropLast() {
                    guard try body(String(decoding: line, as: UTF8.self)) else { return }
                }
                rest = Array(lines.last ?? [])
                guard rest.count <= lineLimit else { throw FeedFetchError.unreadable("is no list of lines") }
            }
            if !rest.isEmpty { _ = try body(String(decoding: rest, as: UTF8.self)) }
        }
        return answer != .notFound
    }

    private func ask(
        _ url: String, tag: String?, _ body: (HTTPClientResponse) async throws -> Void
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "zerotrace-feeds")
        if let tag { request.headers.add(name: "If-None-Match", value: tag) }
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            switch response.status {
            case .ok:
                try await body(response)
                return .file(tag: response.headers.first(name: "ETag"))
            case .notModified: return .unchanged
            case .notFound: return .notFound
            default: throw FeedFetchError.refused(status: Int(response.status.code))
            }
        } catch let error as FeedFetchError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw FeedFetchError.unreachable(Self.reason(error))
        }
    }

    /// In words, where the system or the client has any.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError: error.shortDescription
        default: "\(error)"
        }
    }

    /// A URL below a base; blanks in names of feeds are percent-encoded.
    static func url(_ base: String, _ path: String) -> String {
        let encoded = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return base.hasSuffix("/") ? base + encoded : base + "/" + encoded
    }
}
