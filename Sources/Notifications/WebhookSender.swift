import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Stores

/// Sends one notification as a signed HTTP request.
struct WebhookSender: Sendable {
    let policy: TargetPolicy
    let seal: SecretSeal?
    /// For everything, from the connection to the status of the answer.
    let timeout: Duration

    func send(_ claim: ClaimedNotification, at now: Date) async throws -> DeliveryAnswer {
        if let fault = policy.fault(in: claim.target) { return .gone("target refused: \(fault)") }
        guard let target = Target(claim.target) else { return .gone("target refused: no host") }
        let secret: [UInt8]
        do { secret = try seal?.open(claim.secret, of: claim.scope) ?? claim.secret } catch {
            return .refused("the secret was sealed with another key (NOTIFY_KEY_FILE)")
        }
        let address: String
        do {
            address = try policy.choose(target.host, among: try await Resolver.addresses(of: target.host))
        } catch let error as TargetRefused {
            return .refused("target refused: \(error.reason)")
        }
        // A client of its own: the name stands for the address that was checked, whatever it resolves to a moment later.
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .nanoseconds(timeout.nanoseconds)))
        settings.dnsOverride = [target.host: address]
        settings.httpVersion = .http1Only
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        do {
            let answer = try await send(claim, signedWith: secret, to: target, over: http, at: now)
            try await http.shutdown()
            return answer
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private func send(
        _ claim: ClaimedNotification, signedWith secret: [UInt8], to target: Target, over http: HTTPClient, at now: Date
    ) async throws -> DeliveryAnswer {
        let (id, timestamp) = ("msg_\(claim.id)", Int64(now.timeIntervalSince1970))
        var request = HTTPClientRequest(url: target.url)
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "User-Agent": "ZeroTrace", "webhook-id": id,
            "webhook-timestamp": String(timestamp),
            "webhook-signature": StandardWebhook.signature(
                id: id, timestamp: timestamp, body: claim.payload, secret: secret),
        ]
        request.body = .bytes(ByteBuffer(string: claim.payload))
        do {
            // The body of the answer says nothing to us; it is not read.
            let status = try await http.execute(request, timeout: .nanoseconds(timeout.nanoseconds)).status
            switch status.code {
            case 200..<300: return .taken
            case 410: return .gone("HTTP 410: the receiver wants no more")
            default: return .refused("HTTP \(status.code)")
            }
        } catch let error as HTTPClientError {
            return .refused("no answer: \(error.shortDescription)")
        } catch let error as CancellationError {
            throw error
        } catch {
            return .refused("no answer: \(type(of: error))")
        }
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
