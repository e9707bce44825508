import Stores

/// How long a company keeps its events, as a body and as a reply.
struct RetentionPolicyBody: Codable {
    let eventDays: Int?

    private enum CodingKeys: String, CodingKey {
        case eventDays = "event_days"
    }

    init(_ policy: RetentionPolicy) { eventDays = policy.eventDays }

    /// - Throws: Also when the member is missing: only a null keeps events for ever.
    init(from decoder: any Decoder) throws {
        eventDays = try decoder.container(keyedBy: CodingKeys.self).decode(Int?.self, forKey: .eventDays)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(OrNull(eventDays), forKey: .eventDays)
    }

    /// - Throws: 400 for days that cannot be set.
    func policy() throws -> RetentionPolicy {
        guard eventDays.map(RetentionPolicy.days.contains) != false else {
            throw APIError.invalid("event_days: not 7 to 3650 days")
        }
        return RetentionPolicy(eventDays: eventDays)
    }
}
