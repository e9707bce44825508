import AsyncHTTPClient
import Foundation
import NIOCore

/// Asks the NVD's API 2.0 no faster than it allows, and again after it refused.
///
/// - Source: <https://nvd.nist.gov/developers/start-here>: 5 requests in a rolling window of 30 seconds, 50 with a key. What comes faster
///   is answered 403 or 503.
struct NVDClient: Sendable {
    let client: HTTPClient
    /// Sent in a header, so that it stands in no URL and no log.
    let key: String?
    let pace: RequestPace
    let progress: @Sendable (String) -> Void

    /// Tries of one request.
    static let tries = 6
    static let pageLimit = 256 << 20
    static let timeout = TimeAmount.seconds(60)

    init(
        client: HTTPClient, key: String?, clock: any Clock<Duration> = ContinuousClock(),
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.client = client
        self.key = key
        self.progress = progress
        pace = RequestPace(limit: key == nil ? 5 : 50, window: .seconds(30), clock: clock)
    }

    /// Fetches one page.
    ///
    /// - Throws: ``FeedFetchError`` after the last try; `CancellationError`.
    func page(_ url: String) async throws -> [UInt8] {
        for number in 1... {
            do {
                try await pace.wait()
                return try await ask(url)
            } catch let error as Refusal where number < Self.tries {
                let rest = error.retryAfter ?? .seconds(6 << min(number, 4))
                progress("\(error.reason), trying again in \(rest.components.seconds) s")
                try await pace.sleep(rest)
            } catch let error as Refusal {
                throw error.status.map { FeedFetchError.refused(status: $0) } ?? .unreachable(error.reason)
            }
        }
        throw CancellationError()
    }

    /// An answer that another try may better.
    private struct Refusal: Error {
        var status: Int?
        var retryAfter: Duration?
        let reason: String
    }

    private func ask(_ url: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "zerotrace-feeds")
        if let key { request.headers.add(name: "apiKey", value: key) }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: Self.timeout)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Refusal(reason: "the NVD cannot be reached: \(error)")
        }
        let status = Int(response.status.code)
        switch status {
        case 200:
            do {
                return Array(try await response.body.collect(upTo: Self.pageLimit).readableBytesView)
            } catch {
                throw Refusal(reason: "the NVD's answer was cut short")
            }
        case 403, 429, 500...599:
            let seconds = response.headers.first(name: "Retry-After").flatMap(Int.init)
            throw Refusal(
                status: status, retryAfter: seconds.map { .seconds(min(max($0, 1), 600)) },
                reason: "the NVD answered \(status)")
        default: throw FeedFetchError.refused(status: status)
        }
    }
}

/// Spreads requests so that no window of time has more than a limit.
actor RequestPace {
    private let limit: Int
    private let window: Duration
    private let clock: AnyPaceClock
    /// When the last requests were let through, the oldest first, at most ``limit``.
    private var passed: [Duration] = []

    init(limit: Int, window: Duration, clock: any Clock<Duration>) {
        self.limit = limit
        self.window = window
        self.clock = AnyPaceClock(clock)
    }

    /// Returns when one more request keeps to the limit.
    func wait() async throws {
        while passed.count >= limit {
            let free = passed[passed.count - limit] + window
            let now = clock.now()
            if free <= now { break }
            try await clock.sleep(free - now)
        }
        passed.append(clock.now())
        passed.removeFirst(max(0, passed.count - limit))
    }

    func sleep(_ duration: Duration) async throws { try await clock.sleep(duration) }
}

/// A clock by durations since it was taken, so that clocks of any kind of instant can pace requests.
private struct AnyPaceClock: Sendable {
    let now: @Sendable () -> Duration
    let sleep: @Sendable (Duration) async throws -> Void

    init(_ clock: any Clock<Duration>) { self = Self.opened(clock) }

    private init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    private static func opened<C: Clock<Duration>>(_ clock: C) -> Self {
        let start = clock.now
        return Self(
            now: { start.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) })
    }
}
