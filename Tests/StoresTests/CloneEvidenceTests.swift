import Inventory
import Stores
import Testing

@Suite("Whether one key is on two machines") struct CloneEvidenceTests {
    private func facts(_ boot: Int64?) -> HeartbeatFacts {
        HeartbeatFacts(
            host: HostFacts(hostname: "host", bootTime: boot, architecture: "x86_64"), agentVersion: "1",
            droppedReports: 0, warnings: [])
    }

    @Test(
        "a boot time that went back by more than the clocks allow is one, however far",
        arguments: [
            (1_000_000, 999_100, nil), (1_000_000, 999_099, 901), (1_000_000, 1_000_001, nil), (nil, 0, nil),
            (0, nil, nil),
            (.max, .min, .max), (.min, .max, nil), (.min, .min, nil), (.max, 0, .max), (0, .min, .max),
            (.min + 900, .min, nil),
        ] as [(Int64?, Int64?, Int64?)])
    func bootTimes(_ before: Int64?, _ after: Int64?, _ back: Int64?) {
        let reason = CloneEvidence.reason(before: facts(before), after: facts(after))
        #expect(reason == back.map { "one key on two machines: boot time went back by \($0) s (host, host)" })
    }
}
