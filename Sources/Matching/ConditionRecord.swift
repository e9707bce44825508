import Advisories

extension IndexReader {
    /// Reads a condition.
    func condition(_ index: UInt32) throws(IndexError) -> Condition {
        let record = try record(.conditions, index)
        var architectures: [String] = []
        for position in try list(start: record.uint32(4), count: record.uint32(8)) {
            architectures.append(try text(position))
        }
        return Condition(
            moduleStream: try optionalText(record.uint32(0)), architectures: architectures,
            criteria: try optionalText(record.uint32(12)),
            platforms: try platforms(try list(start: record.uint32(16), count: record.uint32(20))))
    }

    /// Operands of an AND node: each is a count and as many places of platforms.
    private func platforms(_ numbers: [UInt32]) throws(IndexError) -> [[PlatformMatch]] {
        var operands: [[PlatformMatch]] = []
        var position = 0
        while position < numbers.count {
            let count = Int(numbers[position])
            guard count < numbers.count - position else { throw .damaged(what: "a condition's operand") }
            var matches: [PlatformMatch] = []
            for place in numbers[position + 1..<position + 1 + count] { matches.append(try platform(place)) }
            operands.append(matches)
            position += 1 + count
        }
        return operands
    }

    private func platform(_ index: UInt32) throws(IndexError) -> PlatformMatch {
        let record = try record(.platforms, index)
        let numbers = try list(start: record.uint32(4), count: record.uint32(8))
        var events: [AffectedRange.Event] = []
        for position in stride(from: 0, to: numbers.count - 1, by: 2) {
            guard
                let event = AffectedRange.Event(indexCode: numbers[position], version: try text(numbers[position + 1]))
            else { throw .damaged(what: "a platform's range") }
            events.append(event)
        }
        return PlatformMatch(
            criteria: try text(record.uint32(0)),
            range: events.isEmpty ? nil : AffectedRange(kind: .ecosystem, events: events))
    }
}
