import Testing
import Versioning

/// Checks on an ordering that need no tool.
struct OrderingProperties {
    let ordering: VersionOrdering
    let pieces: [String]

    /// Compares pairs both ways, by keys and through a reused buffer; equal versions have equal keys, in both readings.
    func expectConsistency() throws {
        var generator = VersionGenerator(seed: 11, pieces: pieces)
        var buffer = KeyBuffer()
        for _ in 0..<3_000 {
            let (a, b) = generator.pair()
            guard let left = try? ordering.key(a), let right = try? ordering.key(b) else { continue }
            #expect(try ordering.key(a, reading: .tolerant) == left, "\(a)")
            #expect(write(Array(b.utf8), into: &buffer), "\(b)")
            #expect(buffer.key == right, "\(b)")
            // Where one version has no release, `alpm` compares without, as its tool does.
            if ordering == .alpm, a.contains("-") != b.contains("-") { continue }
            let forward = try ordering.compare(a, b)
            #expect(forward == -(try ordering.compare(b, a)), "\(a) \(b)")
            #expect((forward == 0) == (left == right), "\(a) \(b)")
            #expect((forward < 0) == (left < right), "\(a) \(b)")
        }
    }

    /// Feeds 100,000 times bytes of all kinds, then long numbers and long texts up to the limit and beyond.
    ///
    /// - Returns: How many of the 100,000 are versions.
    @discardableResult
    func expectNoTraps() -> Int {
        var generator = VersionGenerator(seed: 13, pieces: pieces)
        var buffer = KeyBuffer()
        var accepted = 0
        for _ in 0..<100_000 { accepted += write(generator.garbage(), into: &buffer) ? 1 : 0 }
        for piece in pieces + ["9", "0", "a", "~", "-", ".", "-1", "1a", "\u{0}", "ä"] {
            for prefix in ["", "1", "1.", "1-"] {
                for count in [300, 4_090 / piece.utf8.count, 5_000] {
                    _ = write(Array((prefix + String(repeating: piece, count: count)).utf8), into: &buffer)
                }
            }
        }
        return accepted
    }

    /// Whether it is a version; its key keeps the bound that ``VersionKey`` states.
    private func write(_ bytes: [UInt8], into buffer: inout KeyBuffer) -> Bool {
        bytes.withUnsafeBufferPointer { utf8 in
            do throws(VersionFault) {
                try ordering.writeKey(of: utf8, reading: .tolerant, into: &buffer)
                if buffer.count > 9 * utf8.count + 16 { Issue.record("\(buffer.count) bytes for \(utf8.count)") }
                return true
            } catch {
                if error.offset > utf8.count || buffer.count > 0 { Issue.record("\(error) leaves \(buffer.count)") }
                return false
            }
        }
    }
}
