/// Texts in the order of their bytes, a shorter one before those it begins.
///
/// Ids differ late (`CVE-2024-…`), so their first 24 bytes are taken out once as three numbers: most comparisons then touch no text.
struct TextOrder {
    private struct Line {
        let first: UInt64
        let second: UInt64
        let third: UInt64
        let number: UInt32
        let length: UInt32
    }

    /// Text numbers in order.
    let sorted: [UInt32]

    /// Sorts distinct text numbers.
    init(_ numbers: some Collection<UInt32>, texts: StringPool) {
        // Pieces on all cores, merged by one.
        let numbers = Array(numbers)
        let pieces = numbers.count < 4096 ? 1 : 4
        let sorted = parallelMap(count: pieces) { piece in
            let part = numbers[numbers.count * piece / pieces..<numbers.count * (piece + 1) / pieces]
            return part.map { Self.line($0, texts) }.sorted { Self.precedes($0, $1, texts) }
        }
        var merged = sorted
        while merged.count > 1 {
            merged = stride(from: 0, to: merged.count, by: 2).map { index in
                index + 1 < merged.count ? Self.merge(merged[index], merged[index + 1], texts) : merged[index]
            }
        }
        self.sorted = merged.first?.map(\.number) ?? []
    }

    /// The place of each text in the order, by text number; ``IndexFormat/none`` for texts that were not sorted.
    func ranks(count: Int) -> [UInt32] {
        var ranks = [UInt32](repeating: IndexFormat.none, count: count)
        for (rank, number) in sorted.enumerated() { ranks[Int(number)] = UInt32(rank) }
        return ranks
    }

    private static func merge(_ lhs: [Line], _ rhs: [Line], _ texts: StringPool) -> [Line] {
        var all: [Line] = []
        all.reserveCapacity(lhs.count + rhs.count)
        var left = 0
        var right = 0
        while left < lhs.count && right < rhs.count {
            if precedes(rhs[right], lhs[left], texts) {
                all.append(rhs[right])
                right += 1
            } else {
                all.append(lhs[left])
                left += 1
            }
        }
        all += lhs[left...]
        all += rhs[right...]
        return all
    }

    private static func line(_ number: UInt32, _ texts: StringPool) -> Line {
        texts.withBytes(number) { bytes in
            Line(
                first: word(bytes, 0), second: word(bytes, 8), third: word(bytes, 16), number: number,
                length: UInt32(bytes.count))
        }
    }

    /// Eight bytes as a number that orders as they do, filled up with zeros.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt64 {
        guard bytes.count > start else { return 0 }
        return KeyPrefix.value(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private static func precedes(_ lhs: Line, _ rhs: Line, _ texts: StringPool) -> Bool {
        if lhs.first != rhs.first { return lhs.first < rhs.first }
        if lhs.second != rhs.second { return lhs.second < rhs.second }
        if lhs.third != rhs.third { return lhs.third < rhs.third }
        // A zero byte in a text looks like its end here, so the lengths decide only where both ends are known.
        return texts.precedes(lhs.number, rhs.number)
    }
}
