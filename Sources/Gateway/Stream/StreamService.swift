import Events
import Foundation
import Logging
import NIOCore
import Stores
import Synchronization

/// Runs the live streams: one company's events in order, without gap and without doubling.
///
/// The bus only rings; what is sent is what the store holds after the last event sent. Events may so reach the bus in any order, twice
/// or not at all: the next ring makes up for it. A burst costs one read of the store and not one per event.
struct StreamService: Sendable {
    let store: any EventStore
    let bus: any EventBus
    let authenticator: Authenticator
    let configuration: GatewayConfiguration
    let places: ConcurrencyLimit
    let logger: Logger

    /// Events read from the store at a time.
    private static let pageSize = 100

    /// Serves one client until the connection ends.
    func run(_ channel: StreamChannel) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                guard (try? places.enter()) != nil else { return await finish(channel.channel, .tooManyStreams) }
                defer { places.leave() }
                var messages = inbound.makeAsyncIterator()
                guard let text = try await messages.next() else { return }
                guard case .subscribe(let token, let after)? = StreamRequest(text) else {
                    return await finish(channel.channel, .invalidMessage)
                }
                let (caller, session): (Caller, SessionID)
                switch await person(token) {
                case .success(let person): (caller, session) = person
                case .failure(let reason): return await finish(channel.channel, reason)
                }
                let stream = Stream(
                    service: self, channel: channel.channel, caller: caller, session: session, outbound: outbound)
                try await stream.run(after: after) { try await messages.next() }
            }
        } catch {
            // A client that vanished; its next connection asks for what it missed.
            logger.debug("stream broke", metadata: ["error": "\(error)"])
        }
    }

    /// Ends the connection and waits for the client to do the same.
    private func finish(_ channel: any Channel, _ reason: StreamEnd) async {
        channel.triggerUserOutboundEvent(reason, promise: nil)
        try? await channel.closeFuture.get()
    }

    /// The person of a token who may watch events. API tokens are refused: a stream would not notice that one was revoked. That the store does not answer is no fault of the token.
    private func person(_ token: String) async -> Result<(Caller, SessionID), StreamEnd> {
        do {
            let caller = try await authenticator.person(token: token)
            guard caller.permissions.contains(.viewEvents), let session = caller.sessionID else {
                return .failure(.unauthorized)
            }
            return .success((caller, session))
        } catch let error as APIError {
            return .failure(error.code == "token_expired" ? .tokenExpired : .unauthorized)
        } catch {
            logger.error("stream cannot authenticate", metadata: ["error": "\(error)"])
            return .failure(.unavailable)
        }
    }

    /// One subscribed client.
    private struct Stream: Sendable {
        let service: StreamService
        let channel: any Channel
        let caller: Caller
        let session: SessionID
        let outbound: NIOAsyncChannelOutboundWriter<String>

        /// - Parameter next: The client's next message; `nil` when it has gone.
        func run(after: EventID?, next: () async throws -> String?) async throws {
            // Before the store is read, so that nothing falls between.
            let subscription = service.bus.subscribe(
                scope: caller.scope, buffer: service.configuration.limits.streamBacklog)
            let lease = TokenLease(expiresAt: caller.expiresAt)
            let bell = Doorbell()
            try await service.authenticator.sessions.watching(session, onEnd: { end(.unauthorized) }) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await listen(subscription, bell) }
                    group.addTask { await send(after: after, bell) }
                    group.addTask { await watch(lease) }
                    while let text = try await next() { await renew(text, lease) }
                    group.cancelAll()
                }
            }
        }

        private func end(_ reason: StreamEnd) {
            service.logger.info("stream ends", metadata: ["code": "\(reason.rawValue)"])
            channel.triggerUserOutboundEvent(reason, promise: nil)
        }

        /// Rings for every event. A client that takes no more bytes and falls behind is let go.
        private func listen(_ first: EventSubscription, _ bell: Doorbell) async {
            let limit = service.configuration.limits.streamBacklog
            var subscription = first
            while !Task.isCancelled {
                do {
                    for try await _ in subscription {
                        if bell.ring() > limit, !channel.isWritable { return end(.slowReader) }
                    }
                    return
                } catch {
                    // The bus has let this subscription go. The store has everything; go on with a new one.
                    subscription = service.bus.subscribe(scope: caller.scope, buffer: limit)
                    if bell.ring() > limit, !channel.isWritable { return end(.slowReader) }
                }
            }
        }

        private func send(after: EventID?, _ bell: Doorbell) async {
            do {
                let latest = try await service.store.fetchLatestEventID(scope: caller.scope)
                try await outbound.write(try StreamReply.subscribed(latest: latest))
                // A later id than the latest comes from a store that was set back: go on from what there is.
                var last = min(after ?? latest, latest)
                repeat { last = try await sendEvents(after: last) } while await bell.wait()
            } catch is CancellationError {
                return
            } catch let error as StoreError {
                service.logger.error("stream cannot read events", metadata: ["error": "\(error)"])
                end(.unavailable)
            } catch {
                // The connection is gone; the reader notices.
                return
            }
        }

        private func sendEvents(after first: EventID) async throws -> EventID {
            var last = first
            while true {
                let events = try await service.store.fetchEvents(
                    scope: caller.scope, after: last, limit: StreamService.pageSize)
                for event in events where event.id > last {
                    try await outbound.write(try StreamReply.event(event))
                    last = event.id
                }
                if events.count < StreamService.pageSize { return last }
            }
        }

        /// Ends the stream when the token runs out, or the session ended somewhere else.
        private func watch(_ lease: TokenLease) async {
            while !Task.isCancelled {
                let now = service.authenticator.now()
                let left = lease.expiresAt.timeIntervalSince(now)
                guard left > 0 else { return end(.tokenExpired) }
                let isActive = try? await service.authenticator.sessions.isActive(session, at: now)
                guard isActive != false else { return end(.unauthorized) }
                let pause = min(left, service.configuration.sessionCheckInterval.timeInterval)
                guard (try? await Task.sleep(for: .seconds(max(pause, 0.01)))) != nil else { return }
            }
        }

        private func renew(_ text: String, _ lease: TokenLease) async {
            guard case .renew(let token)? = StreamRequest(text) else { return end(.invalidMessage) }
            switch await service.person(token) {
            case .failure(let reason): end(reason)
            case .success((let renewed, let again)):
                guard renewed.userID == caller.userID, again == session else { return end(.unauthorized) }
                lease.expiresAt = renewed.expiresAt
            }
        }
    }
}

/// Until when a stream may run.
private final class TokenLease: Sendable {
    private let state: Mutex<Date>

    init(expiresAt: Date) { state = Mutex(expiresAt) }

    var expiresAt: Date {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// Says "there is something new", any number of times at once.
private final class Doorbell: Sendable {
    private let rings = Mutex(0)
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// - Returns: How often it rang since somebody last answered.
    func ring() -> Int {
        continuation.yield()
        return rings.withLock { count in
            count += 1
            return count
        }
    }

    /// Waits for a ring, or answers those that were; `false` when the task is cancelled. For one reader.
    func wait() async -> Bool {
        var iterator = stream.makeAsyncIterator()
        guard await iterator.next() != nil else { return false }
        rings.withLock { $0 = 0 }
        return true
    }
}
