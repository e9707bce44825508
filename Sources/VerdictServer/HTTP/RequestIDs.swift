import NIOHTTP1
import Synchronization

/// Names requests: as the client says if it says something harmless, else by a number that no other request of this process has.
final class RequestIDs: Sendable {
    private let prefix: String
    private let next = Atomic<UInt64>(1)

    /// Longest name taken from a client.
    private static let longest = 64

    init() {
        let start = String(UInt32.random(in: .min ... .max), radix: 16)
        prefix = String(repeating: "0", count: 8 - start.utf8.count) + start + "-"
    }

    func id(for head: HTTPRequestHead) -> String {
        if let given = head.headers.first(name: "X-Request-Id"), Self.isHarmless(given) { return given }
        return prefix + String(next.wrappingAdd(1, ordering: .relaxed).oldValue, radix: 16)
    }

    private static func isHarmless(_ text: String) -> Bool {
        (1...longest).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}
