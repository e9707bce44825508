import Matching

/// What an index answers differently from an older one, as a question for one page of it.
package struct ChangesQuestion: Sendable, Equatable {
    /// The newer index, its digest.
    package let index: String
    /// The older one.
    package let since: String
    /// Names and vulnerabilities that earlier pages gave, counted together.
    package let start: Int

    package init(index: String, since: String, start: Int) {
        self.index = index
        self.since = since
        self.start = start
    }

    /// As a message.
    package func message() -> [UInt8] {
        var writer = MessageWriter(.changesQuestion)
        writer.text(index)
        writer.text(since)
        writer.count(start)
        return writer.bytes
    }

    /// Reads a message.
    package init(_ bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self = try MessageReader.read(.changesQuestion, from: bytes) { (reader) throws(MessageError) in
            let index = try reader.digest()
            let since = try reader.digest()
            let start = try reader.number()
            guard start <= UInt64(Int32.max) else { throw .malformed("a start") }
            return ChangesQuestion(index: index, since: since, start: Int(start))
        }
    }
}

/// A part of the difference of two indexes.
package struct ChangesPage: Sendable, Equatable {
    /// The newer index.
    package let indexDigest: String
    /// Whether the older index is held; if not, everything else is empty.
    package let isComparable: Bool
    /// Names behind those of earlier pages.
    package let names: [AdvisoryName]
    /// Vulnerabilities behind those of earlier pages.
    package let vulnerabilities: [VulnerabilityRecord]
    /// Where the next page starts; `nil` when this is the last.
    package let next: Int?

    package init(
        indexDigest: String, isComparable: Bool, names: [AdvisoryName], vulnerabilities: [VulnerabilityRecord],
        next: Int?
    ) {
        self.indexDigest = indexDigest
        self.isComparable = isComparable
        self.names = names
        self.vulnerabilities = vulnerabilities
        self.next = next
    }

    /// As a message.
    package func message() -> [UInt8] {
        var writer = MessageWriter(
            .changesPage, capacity: 256 + names.count * 32 + vulnerabilities.count * 1_500)
        writer.text(indexDigest)
        writer.flags(Flags(isComparable, next != nil))
        writer.count(names.count)
        for name in names {
            writer.word(name.scope)
            writer.text(name.name)
        }
        writer.records(vulnerabilities)
        if let next { writer.count(next) }
        return writer.bytes
    }

    /// Reads a message.
    package init(_ bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self = try MessageReader.read(.changesPage, from: bytes) { (reader) throws(MessageError) in
            let digest = try reader.digest()
            let flags = try reader.flags(2)
            let count = try reader.count(of: 2)
            var names: [AdvisoryName] = []
            names.reserveCapacity(count)
            for _ in 0..<count { names.append(AdvisoryName(scope: try reader.word(), name: try reader.text())) }
            let records = try reader.records()
            return ChangesPage(
                indexDigest: digest, isComparable: flags[0], names: names, vulnerabilities: records,
                next: flags[1] ? try reader.start() : nil)
        }
    }
}

extension MessageReader {
    fileprivate mutating func start() throws(MessageError) -> Int {
        let start = try number()
        guard start <= UInt64(Int32.max) else { throw .malformed("a start") }
        return Int(start)
    }
}
