import Wire

/// What may stand in a heartbeat.
enum HeartbeatBody: Decodable {
    /// All that the agent has to say.
    case whole(HeartbeatRequest)
    /// That it is what it was.
    case unchanged(UnchangedHeartbeat)

    init(from decoder: any Decoder) throws {
        // A body that is neither is told what is missing in a whole one.
        if let short = try? UnchangedHeartbeat(from: decoder) {
            self = .unchanged(short)
        } else {
            self = .whole(try HeartbeatRequest(from: decoder))
        }
    }
}
