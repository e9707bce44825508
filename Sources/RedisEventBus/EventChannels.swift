import Events
import RedisClient
@_spi(Minting) import Stores

/// Channels are `<prefix>:events:<company>`, messages are ids of events as decimal text.
package struct EventChannels: Sendable {
    private let start: String

    package init(prefix: String) { start = prefix + ":events:" }

    func name(of scope: CompanyScope) -> String { start + scope.companyID.description }

    /// What a company's subscribers are to be told; `nil` when the news are about something else.
    package func hint(_ news: RedisNews) -> (EventHint, CompanyScope)? {
        switch news {
        case .listening(let channel):
            return scope(of: channel).map { (.missed, $0) }
        case .message(let channel, let payload):
            let id = Int64(String(decoding: payload, as: UTF8.self))
            return scope(of: channel).map { (id.map { .appended(EventID(rawValue: $0)) } ?? .missed, $0) }
        }
    }

    private func scope(of channel: String) -> CompanyScope? {
        guard channel.hasPrefix(start) else { return nil }
        return CompanyID(String(channel.dropFirst(start.count))).map { CompanyScope(companyID: $0) }
    }
}
