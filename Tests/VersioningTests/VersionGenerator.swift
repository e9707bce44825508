/// Makes versions of nasty shapes: pieces of an ecosystem's grammar glued together, and small changes of one version.
struct VersionGenerator {
    private var random: SeededGenerator
    let pieces: [String]

    /// - Parameters:
    ///   - seed: The same seed makes the same versions.
    ///   - pieces: What versions are glued together of; pieces that occur twice are twice as likely.
    init(seed: UInt64, pieces: [String]) {
        random = SeededGenerator(seed: seed)
        self.pieces = pieces
    }

    /// A version that begins with a digit and is mostly well formed.
    mutating func version() -> String {
        var text = String(random.next() % 4)
        for _ in 0..<(random.next() % 9) { text += piece() }
        return text
    }

    /// A version and a close relative of it: a piece put in, taken out, or a character changed.
    mutating func pair() -> (String, String) {
        let version = version()
        if random.next() % 4 == 0 { return (version, self.version()) }
        var characters = Array(version)
        let place = Int(random.next() % UInt64(characters.count + 1))
        switch random.next() % 3 {
        case 0: characters.insert(contentsOf: piece(), at: place)
        case 1: characters.removeSubrange(place..<min(characters.count, place + 1 + Int(random.next() % 2)))
        default: characters.replaceSubrange(place..<min(characters.count, place + 1), with: piece())
        }
        return characters.isEmpty ? (version, "0") : (version, String(characters))
    }

    /// Any bytes at all, as a string.
    mutating func garbage() -> String {
        var bytes: [UInt8] = []
        for _ in 0..<(random.next() % 24) {
            if random.next() % 3 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: random.next()))
            } else {
                bytes.append(contentsOf: piece().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func piece() -> String { pieces[Int(random.next() % UInt64(pieces.count))] }
}
