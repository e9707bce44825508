import Stores

/// A place outside of this process where answers are kept as bytes, shared with other processes.
///
/// What an implementation owes:
/// - An entry is given back under its own company and name only, and no longer than its time to live.
/// - An entry that was read for (``CacheReading/stamp``) before its company was invalidated is never given after it, also when it was
///   written later and by another process.
/// - Entries may be lost at any time.
/// - It answers or throws within a short time that is bounded.
public protocol CacheLevel: Sendable {
    /// For metrics and logs, such as `redis`.
    var name: String { get }
    /// Looks for an entry.
    func read(_ key: StoredCacheKey) async throws -> CacheReading
    /// Keeps an entry.
    ///
    /// - Parameters:
    ///   - ttl: How long it may be given.
    ///   - stamp: Of the reading that found nothing, before the answer was computed.
    func write(_ bytes: [UInt8], for key: StoredCacheKey, ttl: Duration, stamp: CacheStamp) async throws
    /// Forgets all entries of a company.
    func invalidate(scope: CompanyScope) async throws
}

/// Names an entry outside of this process.
public struct StoredCacheKey: Sendable, Hashable {
    /// Which kind of answer: letters, digits, `.` and `-`. Holds the version of how it is written down, so that an older process does
    /// not read what it does not know.
    public let kind: String
    /// Whose answer to what.
    public let key: CompanyCacheKey

    /// Makes a key.
    public init(kind: String, key: CompanyCacheKey) {
        self.kind = kind
        self.key = key
    }
}

/// What a level found.
public struct CacheReading: Sendable, Hashable {
    /// The entry and how long it may still be given.
    public let entry: Entry?
    /// For writing an answer that is computed now.
    public let stamp: CacheStamp

    /// An entry that was found.
    public struct Entry: Sendable, Hashable {
        /// As they were written.
        public let bytes: [UInt8]
        /// How long it may still be given.
        public let remaining: Duration

        /// Makes one from its parts.
        public init(bytes: [UInt8], remaining: Duration) {
            self.bytes = bytes
            self.remaining = remaining
        }
    }

    /// Made by levels only.
    public init(entry: Entry?, stamp: CacheStamp) {
        self.entry = entry
        self.stamp = stamp
    }
}

/// Says between which two invalidations of a company something was read: a random value that every invalidation replaces.
///
/// Random and not counted up, so that a level which has lost the value starts with one that no entry left over can have.
public struct CacheStamp: Sendable, Hashable {
    /// 16 bytes.
    public let bytes: [UInt8]
    /// Whether the level had none and this one was made up; it must be put there when something is written.
    public let isNew: Bool

    /// Length of a stamp in bytes.
    public static let length = 16

    /// Wraps a stamp that a level holds; `nil` when it is none.
    public init?(held bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
        isNew = false
    }

    /// Makes up a new one.
    public init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        isNew = true
    }

    /// Puts the stamp before an entry's bytes.
    public func seal(_ bytes: [UInt8]) -> [UInt8] { self.bytes + bytes }

    /// An entry's bytes, if they were sealed with this stamp.
    public func unseal(_ sealed: [UInt8]) -> [UInt8]? {
        sealed.starts(with: bytes) ? Array(sealed.dropFirst(Self.length)) : nil
    }
}
