import Crypto

/// SHA-256 over ``Inventory/encoded()``: the identity of an inventory.
public struct InventoryDigest: Sendable, Hashable {
    /// Exactly 32 bytes.
    public let bytes: [UInt8]

    /// The digest of encoded bytes.
    init(hashing encoded: [UInt8]) {
        bytes = Array(SHA256.hash(data: encoded))
    }

    /// Reads the form that `description` writes.
    ///
    /// - Parameter hex: 64 hexadecimal digits, either case. Anything else gives `nil`.
    public init?(hex: some StringProtocol) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in hex.utf8 {
            guard let value = Self.value(ofDigit: digit), bytes.count < 32 else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard bytes.count == 32, high == nil else { return nil }
        self.bytes = bytes
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension InventoryDigest: CustomStringConvertible {
    /// 64 lowercase hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension InventoryDigest: Codable {
    /// Reads the hexadecimal string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` unless it is 64 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = InventoryDigest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 64 hexadecimal digits")
        }
        self = digest
    }

    /// Writes the hexadecimal string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
