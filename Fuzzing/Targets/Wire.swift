import FoundationEssentials
import Inventory
import Wire

extension FuzzTargets {
    /// What agents and servers send each other.
    static let wire: [FuzzTarget] = [
        FuzzTarget("wire-messages", form: .json, dictionary: "wire") { input in
            let data = Data(input)
            checkMessage(AgentFacts.self, data)
            checkMessage(EnrollRequest.self, data)
            checkMessage(EnrollReply.self, data)
            checkMessage(TokenRequest.self, data)
            checkMessage(TokenReply.self, data)
            checkMessage(HeartbeatRequest.self, data)
            checkMessage(HeartbeatReply.self, data)
            checkMessage(InventoryReply.self, data)
            checkMessage(ErrorReply.self, data)
        },
        FuzzTarget("wire-proof", maximumLength: 2500, dictionary: "wire") { input in
            _ = try PossessionProof(verifying: input.text, method: "POST", path: "/v1/agent/token", accessToken: nil)
        },
        FuzzTarget("wire-proof-parts", maximumLength: 2000, form: .json, dictionary: "wire") { input in
            // The parts of a proof are checked in their order, so each must be whole for the next to be reached.
            let half = input.firstIndex(of: UInt8(ascii: "\n")) ?? input.count
            let parts = [input[..<half], input[half...].dropFirst()].map { Base64URL.encode($0) }
            let proof = parts.joined(separator: ".") + "." + Base64URL.encode([UInt8](repeating: 0, count: 64))
            _ = try PossessionProof(verifying: proof, method: "POST", path: "/v1/agent/token", accessToken: "token")
        },
        FuzzTarget("base64url", maximumLength: 1024) { input in
            require(Base64URL.decode(Base64URL.encode(input)) == input, "decoding undoes encoding")
            guard let bytes = Base64URL.decode(input.text) else { return }
            require(Base64URL.decode(Base64URL.encode(bytes)) == bytes, "decoding undoes encoding")
        },
        FuzzTarget("inventory", dictionary: "purl") { input in
            let inventory = try Inventory(lines: input, limit: 100)
            require(inventory.packages.count <= 100, "the limit holds")
            let again = try? Inventory(lines: inventory.encoded(), limit: 100)
            require(again?.digest == inventory.digest, "an inventory reads as itself")
            require(
                zip(inventory.packages, inventory.packages.dropFirst()).allSatisfy { $0 < $1 }, "strictly ascending")
        },
        FuzzTarget("inventory-delta", dictionary: "purl") { input in
            let delta = try InventoryDelta(encoded: input, limit: 100)
            let again = try? InventoryDelta(encoded: delta.encoded(), limit: 100)
            require(again == delta, "a delta reads as itself")
            _ = try Inventory([]).applying(delta, limit: 100)
        },
    ]

    private static func checkMessage<Message: Codable & Equatable>(_ type: Message.Type, _ data: Data) {
        guard let message = try? JSONDecoder().decode(type, from: data) else { return }
        let again = (try? JSONEncoder().encode(message)).flatMap { try? JSONDecoder().decode(type, from: $0) }
        require(again == message, "a \(type) reads as itself")
    }
}
