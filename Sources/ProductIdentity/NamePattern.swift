/// A text in which `*` stands for any characters, compared without regard to ASCII case.
struct NamePattern: Sendable, Hashable {
    private let pieces: [[UInt8]]

    init(_ text: String) {
        pieces = NamePattern.folded(text).split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
            Array.init)
    }

    /// The text itself when there is no `*` in it.
    var literal: [UInt8]? { pieces.count == 1 ? pieces[0] : nil }

    /// Whether the whole of a text, folded before, fits.
    func matches(folded text: [UInt8]) -> Bool {
        guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else { return text == pieces.first }
        guard text.count >= first.count + last.count, text.starts(with: first),
            text.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = text[first.count..<text.count - last.count]
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    /// ASCII capitals made small, runs of white space made one space, none at the ends.
    static func folded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if [0x20, 0x09, 0x0a, 0x0d].contains(byte) {
                if let last = bytes.last, last != 0x20 { bytes.append(0x20) }
            } else {
                bytes.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
            }
        }
        if bytes.last == 0x20 { bytes.removeLast() }
        return bytes
    }
}
