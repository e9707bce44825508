import Advisories
import Crypto
import Matching
import PackageIdentity

extension FuzzTargets {
    /// The compiled index: a small sound one, into which the input is applied as edits.
    static let index: [FuzzTarget] = [
        FuzzTarget("index-damaged", maximumLength: 256) { try checkDamaged($0) },
        FuzzTarget("index-forged", maximumLength: 512) { try checkForged($0) },
        FuzzTarget("index-part", maximumLength: 512) { try checkPart($0) },
        FuzzTarget("index-previous", maximumLength: 512) { try checkPrevious($0) },
    ]

    /// Damage is noticed: an index that still opens answers as before or says that it is damaged.
    private static func checkDamaged(_ input: [UInt8]) throws {
        let sample = SampleIndex.shared
        var bytes = sample.bytes
        Edits(input).apply(to: &bytes, from: 0)
        let index = try AdvisoryIndex(path: TemporaryPlace.file("index-damaged", bytes))
        for (place, whole) in zip(sample.places, sample.answers) {
            let verdicts = index.verdicts(at: place, purl: nil)
            let isDamaged = verdicts.count == 1 && verdicts[0].reason == VerdictReason.damagedIndex
            require(isDamaged || verdicts == whole, "\(place): a damaged index answers rightly or not at all")
        }
    }

    /// An index that somebody made up, with right checks and digests, holds nonsense but stops nothing.
    private static func checkForged(_ input: [UInt8]) throws {
        let sample = SampleIndex.shared
        var bytes = sample.bytes
        Edits(input).apply(to: &bytes, from: IndexFormat.sectionTableOffset)
        seal(&bytes)
        let index = try AdvisoryIndex(path: TemporaryPlace.file("index-forged", bytes))
        for place in sample.places { ask(index, place) }
        for id in sample.ids {
            _ = index.vulnerability(id)
            _ = index.vulnerabilityIDs(named: id)
            _ = index.advisoryRecords(named: id)
        }
        _ = index.lifecycle(product: "debian")
        _ = index.supportNotes(scope: "Debian:12", name: "golang-1.19")
        _ = index.scopes
        _ = index.changedNames(since: sample.index)
        _ = sample.index.changedVulnerabilities(since: index)
        for number in 0..<UInt32(4) { _ = index.advisoryRecord(number: number) }
    }

    private static func ask(_ index: AdvisoryIndex, _ place: AdvisoryCoordinates) {
        let context = MatchContext(
            architecture: "x86_64", moduleStream: "nodejs:18", cpe: SampleIndex.product,
            hostProducts: [SampleIndex.product])
        for context in [nil, context] {
            let verdicts = index.verdicts(at: place, purl: nil, context: context)
            for verdict in verdicts.prefix(4) {
                _ = index.explain(at: place, purl: nil, vulnerability: verdict.vulnerability, context: context)
                _ = index.fixesElsewhere(at: place, vulnerability: verdict.vulnerability)
            }
        }
        _ = index.affectingAdvisories(at: place, purl: nil)
        _ = index.advisories(scope: place.scope, name: place.name)
    }

    /// A builder's cache file, its digest made right again.
    private static func checkPart(_ input: [UInt8]) throws {
        var bytes = SampleIndex.shared.part
        Edits(input).apply(to: &bytes, from: 48)
        if bytes.count >= 48 { bytes.replaceSubrange(16..<48, with: Array(SHA256.hash(data: bytes[48...]))) }
        let builder = try IndexBuilder(compiled: TemporaryPlace.file("part", bytes))
        _ = try builder.write(to: "\(TemporaryPlace.folder)/part-index")
    }

    /// An earlier index from which the next takes over what did not change, and the notes on it: made up, with right digests.
    private static func checkPrevious(_ input: [UInt8]) throws {
        let sample = SampleIndex.shared
        var index = sample.bytes
        var notes = sample.notes
        let half = input.count / 16 * 8
        Edits(Array(input[..<half])).apply(to: &index, from: IndexFormat.sectionTableOffset)
        Edits(Array(input[half...])).apply(to: &notes, from: 80)
        guard index.count > IndexFormat.headerSize, notes.count >= 80 else { return }
        seal(&index)
        index.replaceSubrange(48..<80, with: Array(SHA256.hash(data: index[IndexFormat.headerSize...])))
        seal(&index)
        notes.replaceSubrange(16..<48, with: index[48..<80])
        notes.replaceSubrange(48..<80, with: Array(SHA256.hash(data: notes[80...])))
        let previous = PreviousBuild(
            index: TemporaryPlace.file("previous", index), notes: TemporaryPlace.file("previous-notes", notes))
        let path = "\(TemporaryPlace.folder)/next"
        _ = try SampleIndex.builder().write(to: path, notes: path + "-notes", previous: previous)
        if index == sample.bytes, notes == sample.notes {
            require(SampleIndex.content(path) == sample.bytes, "what is taken over is what would be worked out")
        }
    }

    /// Makes the checks of all pages and the digests of the header right.
    private static func seal(_ bytes: inout [UInt8]) {
        guard bytes.count > IndexFormat.headerSize else { return }
        let line =
            IndexFormat.sectionTableOffset + (Int(IndexSection.checks.rawValue) - 1) * IndexFormat.sectionTableStride
        let start = Int(clamping: Edits.integer(bytes, at: line + 8))
        let end = start.addingReportingOverflow(Int(clamping: Edits.integer(bytes, at: line + 16)))
        if start > IndexFormat.headerSize, !end.overflow, end.partialValue <= bytes.count, start <= end.partialValue {
            var page = IndexFormat.headerSize
            for check in stride(from: start, to: end.partialValue - 7, by: 8) where page < start {
                let value = bytes[page..<min(page + IndexFormat.pageSize, start)].withUnsafeBytes {
                    PageCheck.value($0)
                }
                withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(check..<check + 8, with: $0) }
                page += IndexFormat.pageSize
            }
            let digest = Array(SHA256.hash(data: bytes[start..<end.partialValue]))
            bytes.replaceSubrange(IndexFormat.checksDigestOffset..<IndexFormat.checksDigestOffset + 32, with: digest)
        }
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { bytes.replaceSubrange(16..<24, with: $0) }
        let digest = Array(SHA256.hash(data: bytes[..<IndexFormat.headerDigestOffset]))
        bytes.replaceSubrange(IndexFormat.headerDigestOffset..<IndexFormat.headerSize, with: digest)
    }
}

/// Changes to a file, out of the bytes of an input: eight bytes each.
struct Edits {
    private let steps: [ArraySlice<UInt8>]

    init(_ input: [UInt8]) {
        steps = stride(from: 0, to: input.count - 7, by: 8).map { input[$0..<$0 + 8] }
    }

    /// A step is what to do (1 byte), where (3), and with what (4).
    func apply(to bytes: inout [UInt8], from start: Int) {
        for step in steps {
            guard bytes.count > start + 8 else { return }
            let words = Array(step)
            let place = start + (Int(words[1]) << 16 | Int(words[2]) << 8 | Int(words[3])) % (bytes.count - start - 4)
            switch words[0] % 6 {
            case 0: bytes[place] = words[4]
            case 1: bytes[place] ^= 1 << (words[4] & 7)
            case 2: bytes.replaceSubrange(place..<place + 4, with: words[4...])
            case 3: bytes.replaceSubrange(place..<place + 4, with: [UInt8](repeating: words[4], count: 4))
            case 4:
                // A number that counts records or positions, made a little larger or smaller.
                let value = UInt32(truncatingIfNeeded: Self.integer(bytes, at: place)) &+ UInt32(words[4]) &- 128
                withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
            default: if words[4] == 0 { bytes.removeSubrange(place...) } else { bytes.append(words[4]) }
            }
        }
    }

    /// Eight bytes as a number, least significant first; bytes beyond the end are 0.
    static func integer(_ bytes: [UInt8], at place: Int) -> UInt64 {
        bytes[min(place, bytes.count)..<min(place + 8, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
