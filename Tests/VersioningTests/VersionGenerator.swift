import SeededRandom

/// Makes versions, plain and nasty: numbers as they are published, pieces of an ecosystem's grammar glued together, and small
/// changes of one version.
struct VersionGenerator {
    private var random: SplitMix
    private let pieces: [[UInt8]]
    private static let numbers = ["0", "1", "2", "3", "9", "10", "11", "190", "191", "1000"].map { Array($0.utf8) }

    /// - Parameters:
    ///   - seed: The same seed makes the same versions.
    ///   - pieces: What versions are glued together of; pieces that occur twice are twice as likely.
    init(seed: UInt64, pieces: [String]) {
        random = SplitMix(seed: seed)
        self.pieces = pieces.map { Array($0.utf8) }
    }

    /// A version that begins with a digit and is mostly well formed.
    mutating func version() -> String { String(decoding: versionBytes(), as: UTF8.self) }

    /// Versions and a close relative of each: a piece put in, taken out, or a character changed. Every fourth is unrelated.
    mutating func pairs(_ count: Int) -> [(String, String)] { (0..<count).map { _ in pair() } }

    mutating func pair() -> (String, String) {
        let version = versionBytes()
        let other = below(4) == 0 ? versionBytes() : relative(of: version)
        let texts = (String(decoding: version, as: UTF8.self), String(decoding: other, as: UTF8.self))
        return below(2) == 0 ? texts : (texts.1, texts.0)
    }

    /// Any bytes at all, up to some two hundred of them.
    mutating func garbage() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<below(24) {
            if below(3) == 0 {
                bytes.append(UInt8(truncatingIfNeeded: random.next()))
            } else {
                bytes += piece()
            }
        }
        return bytes
    }

    private mutating func versionBytes() -> [UInt8] {
        var bytes = [UInt8(0x30 + below(4))]
        guard below(2) == 0 else {
            for _ in 0..<below(9) { bytes += piece() }
            return bytes
        }
        for _ in 0..<(1 + below(3)) {
            bytes.append(UInt8(ascii: "."))
            bytes += Self.numbers[below(Self.numbers.count)]
        }
        for _ in 0..<below(4) { bytes += piece() }
        return bytes
    }

    private mutating func relative(of version: [UInt8]) -> [UInt8] {
        var bytes = version
        let place = below(bytes.count + 1)
        switch below(4) {
        case 0: bytes.insert(contentsOf: piece(), at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(2)))
        case 2: bytes.replaceSubrange(place..<min(bytes.count, place + 1), with: piece())
        default: bytes += piece()
        }
        return bytes.isEmpty ? [0x30] : bytes
    }

    private mutating func piece() -> [UInt8] { pieces[below(pieces.count)] }

    private mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: random.next() % UInt64(limit)) }
}
