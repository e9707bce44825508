/// Every parser of outside bytes. A new one is a target in `Targets` and, if it opens a group, a line here.
enum FuzzTargets {
    static let all: [FuzzTarget] = [
        feeds, intelligence, bundles, documents, reports, index, json, archives, names, versions, scores, hosts, wire,
        messages, replies, providers, enrichment, gateway,
    ].flatMap(\.self)

    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
