import Advisories

/// What a statement asks for, as it stands in the file: only what is looked at is read.
struct FiledCondition {
    let reader: IndexReader
    let record: IndexReader.Record

    /// UTF-8 of the RPM module stream; `nil` when none is asked for.
    var moduleStream: UnsafeRawBufferPointer? { get throws(IndexError) { try text(0) } }

    /// UTF-8 of the criteria, a CPE name; `nil` when there are none.
    var criteria: UnsafeRawBufferPointer? { get throws(IndexError) { try text(12) } }

    /// Architectures, of which one is asked for; empty for all.
    var architectures: [String] {
        get throws(IndexError) {
            var architectures: [String] = []
            for position in try reader.list(start: record.uint32(4), count: record.uint32(8)) {
                architectures.append(try reader.text(position))
            }
            return architectures
        }
    }

    /// Whether a package of an architecture is spoken of.
    func admits(architecture: String) throws(IndexError) -> Bool {
        guard record.uint32(8) > 0 else { return true }
        return try architectures.contains { Architecture.areEqual($0, architecture) }
    }

    /// Whether other products beside the vulnerable one are asked for.
    var hasPlatforms: Bool { record.uint32(20) > 0 }

    /// Operands of an AND node: each is a count and as many places of platforms.
    var platforms: [[PlatformMatch]] {
        get throws(IndexError) {
            let numbers = try reader.list(start: record.uint32(16), count: record.uint32(20))
            var operands: [[PlatformMatch]] = []
            var position = 0
            while position < numbers.count {
                let count = Int(numbers[position])
                guard count < numbers.count - position else { throw .damaged(what: "a condition's operand") }
                var matches: [PlatformMatch] = []
                for place in numbers[position + 1..<position + 1 + count] { matches.append(try reader.platform(place)) }
                operands.append(matches)
                position += 1 + count
            }
            return operands
        }
    }

    private func text(_ offset: Int) throws(IndexError) -> UnsafeRawBufferPointer? {
        let position = record.uint32(offset)
        return position == IndexFormat.none ? nil : try reader.textBytes(.text, position)
    }
}

extension IndexReader {
    /// A condition by its place; `nil` where the format says "none".
    func filedCondition(_ index: UInt32) throws(IndexError) -> FiledCondition? {
        index == IndexFormat.none ? nil : FiledCondition(reader: self, record: try record(.conditions, index))
    }

    /// Reads all of a condition.
    func condition(_ index: UInt32) throws(IndexError) -> Condition {
        let filed = FiledCondition(reader: self, record: try record(.conditions, index))
        return Condition(
            moduleStream: try filed.moduleStream.map { String(decoding: $0, as: UTF8.self) },
            architectures: try filed.architectures,
            criteria: try filed.criteria.map { String(decoding: $0, as: UTF8.self) }, platforms: try filed.platforms)
    }

    fileprivate func platform(_ index: UInt32) throws(IndexError) -> PlatformMatch {
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
