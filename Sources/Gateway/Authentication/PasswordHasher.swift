import Crypto
import CryptoExtras
import Foundation
import NIOPosix
import Synchronization
import Wire

/// Why a password could not be hashed.
public enum PasswordHasherError: Error, Sendable, Equatable {
    /// Too many hashes are waiting already.
    case busy
    /// The password is too short or too long; the text says so and holds nothing of it.
    case unacceptable(String)
}

/// Hashes passwords with scrypt and checks them, on two threads of its own: a hash takes 32 MiB and some 200 ms of a core, which must
/// not stand in the way of requests.
///
/// - Source: RFC 7914; the cost is one of those the OWASP Password Storage Cheat Sheet recommends (N 2^15, r 8, p 3).
public enum PasswordHasher {
    /// Fewest and most bytes of a password that is to be hashed. The upper bound keeps the work for one request small.
    public static let acceptedLength = 10...1024

    /// Hashes that may wait or run at the same time.
    static let queueLimit = 64

    /// What a hash costs. It stands in every encoded hash, so it can be raised and old hashes keep working.
    struct Cost: Sendable, Equatable {
        /// Binary logarithm of scrypt's N.
        var logarithm = 15
        var blockSize = 8
        var parallelism = 3
    }

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()
    private static let pending = Mutex(0)

    /// Hashes a password with a fresh salt.
    ///
    /// - Returns: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, both in base64url.
    /// - Throws: ``PasswordHasherError``.
    public static func hash(_ password: String) async throws -> String {
        try await hash(password, cost: Cost())
    }

    static func hash(_ password: String, cost: Cost) async throws -> String {
        guard acceptedLength.contains(password.utf8.count) else {
            throw PasswordHasherError.unacceptable(
                "not \(acceptedLength.lowerBound) to \(acceptedLength.upperBound) bytes")
        }
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes(Array.init)
        let key = try await derive(password, salt: salt, cost: cost)
        return EncodedHash(cost: cost, salt: salt, key: key).description
    }

    /// Whether a password is the one that was hashed. Takes the same time for every wrong password.
    ///
    /// - Parameter encoded: As ``hash(_:)`` returned it; `nil` does the work of a check and answers `false`, so that an unknown
    ///   user cannot be told from a wrong password by the clock.
    /// - Throws: ``PasswordHasherError/busy``.
    public static func verify(_ password: String, against encoded: String?) async throws -> Bool {
        let known = encoded.flatMap(EncodedHash.init)
        let expected = known ?? EncodedHash(cost: Cost(), salt: Array(repeating: 0, count: 16), key: [])
        // Longer ones were never accepted; the length is the sender's own and tells nothing.
        guard password.utf8.count <= acceptedLength.upperBound else { return false }
        let key = try await derive(password, salt: expected.salt, cost: expected.cost)
        return isEqual(key, expected.key) && known != nil
    }

    private static func derive(_ password: String, salt: [UInt8], cost: Cost) async throws -> [UInt8] {
        let isAdmitted = pending.withLock { count in
            guard count < queueLimit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw PasswordHasherError.busy }
        defer { pending.withLock { $0 -= 1 } }
        return try await pool.runIfActive {
            try KDF.Scrypt.deriveKey(
                from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.logarithm,
                blockSize: cost.blockSize, parallelism: cost.parallelism
            ).withUnsafeBytes(Array.init)
        }
    }

    /// Compares in a time that does not depend on where the bytes differ.
    private static func isEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool {
        guard lhs.count == rhs.count else { return false }
        return zip(lhs, rhs).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// The text form of a hash.
private struct EncodedHash: CustomStringConvertible {
    let cost: PasswordHasher.Cost
    let salt: [UInt8]
    let key: [UInt8]

    init(cost: PasswordHasher.Cost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// `nil` for anything that ``PasswordHasher/hash(_:)`` does not write, and for costs that would block the machine.
    init?(_ text: String) {
        let parts = text.split(separator: "$")
        guard parts.count == 4, parts[0] == "scrypt" else { return nil }
        let numbers = parts[1].split(separator: ",").compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }
        guard numbers.count == 3, (1...18).contains(numbers[0]), (1...16).contains(numbers[1]),
            (1...8).contains(numbers[2]), let salt = Base64URL.decode(parts[2]),
            let key = Base64URL.decode(parts[3]), key.count == 32
        else { return nil }
        cost = PasswordHasher.Cost(logarithm: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
        self.salt = salt
        self.key = key
    }

    var description: String {
        "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
    }
}
