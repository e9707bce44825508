import Matching
import PackageIdentity

/// Why a package is, or is not, reported for a vulnerability, as a question.
package struct ExplanationQuestion: Sendable, Equatable {
    /// The index that has to answer, its digest.
    package let index: String?
    /// The package, as text.
    package let package: String
    /// Any id of the vulnerability.
    package let vulnerability: String

    package init(index: String?, package: String, vulnerability: String) {
        self.index = index
        self.package = package
        self.vulnerability = vulnerability
    }

    /// As a message.
    package func message() -> [UInt8] {
        var writer = MessageWriter(.explanationQuestion)
        writer.optional(index)
        writer.text(self.package)
        writer.text(vulnerability)
        return writer.bytes
    }

    /// Reads a message.
    package init(_ bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self = try MessageReader.read(.explanationQuestion, from: bytes) { (reader) throws(MessageError) in
            ExplanationQuestion(
                index: try reader.optionalDigest(), package: try reader.text(), vulnerability: try reader.text())
        }
    }
}

extension Explanation {
    /// As a message.
    package func message() -> [UInt8] {
        var writer = MessageWriter(.explanation, capacity: 4_096)
        writer.text(purl)
        writer.flags(
            Flags(coordinates != nil, fixedVersion != nil, fixesElsewhere != nil, precedence != nil))
        if let coordinates { writer.texts([coordinates.scope, coordinates.name, coordinates.version]) }
        writer.text(vulnerability)
        writer.choice(status)
        writer.choice(confidence)
        writer.text(reason)
        if let fixedVersion { writer.text(fixedVersion) }
        if let fixesElsewhere { writer.fixes(fixesElsewhere) }
        if let precedence { writer.text(precedence) }
        writer.text(sentence)
        writer.count(evidence.count)
        for piece in evidence { writer.evidence(piece) }
        writer.text(indexDigest)
        return writer.bytes
    }

    /// Reads a message.
    package init(message bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self = try MessageReader.read(.explanation, from: bytes) { (reader) throws(MessageError) in
            try reader.explanation()
        }
    }
}

extension MessageWriter {
    fileprivate mutating func fixes(_ fixes: [FixElsewhere]) {
        count(fixes.count)
        for fix in fixes {
            word(fix.scope)
            text(fix.version)
            words(fix.architectures)
        }
    }

    fileprivate mutating func evidence(_ piece: Evidence) {
        flags(Flags(piece.snapshot != nil, piece.decided, piece.note != nil))
        text(piece.advisory)
        word(piece.feed)
        if let snapshot = piece.snapshot { integer(snapshot) }
        text(piece.range)
        texts(piece.comparisons)
        choice(piece.outcome)
        if let note = piece.note { text(note) }
    }
}

extension MessageReader {
    fileprivate mutating func explanation() throws(MessageError) -> Explanation {
        let purl = try text()
        let flags = try flags(4)
        let place = flags[0] ? try coordinates() : nil
        let vulnerability = try text()
        let status: VerdictStatus = try choice("a status")
        let confidence: Confidence = try choice("a confidence")
        let reason = try text()
        let version = flags[1] ? try text() : nil
        let elsewhere = flags[2] ? try fixes() : nil
        let precedence = flags[3] ? try text() : nil
        return Explanation(
            purl: purl, coordinates: place, vulnerability: vulnerability, status: status, reason: reason,
            fixedVersion: version, fixesElsewhere: elsewhere, confidence: confidence, precedence: precedence,
            sentence: try text(), evidence: try evidence(), indexDigest: try digest())
    }

    private mutating func coordinates() throws(MessageError) -> AdvisoryCoordinates {
        let texts = try texts()
        guard texts.count == 3 else { throw .malformed("coordinates") }
        return AdvisoryCoordinates(scope: texts[0], name: texts[1], version: texts[2])
    }

    private mutating func fixes() throws(MessageError) -> [FixElsewhere] {
        let count = try count(of: 3)
        var fixes: [FixElsewhere] = []
        fixes.reserveCapacity(count)
        for _ in 0..<count {
            fixes.append(FixElsewhere(scope: try word(), version: try text(), architectures: try words()))
        }
        return fixes
    }

    private mutating func evidence() throws(MessageError) -> [Evidence] {
        let count = try count(of: 6)
        var evidence: [Evidence] = []
        evidence.reserveCapacity(count)
        for _ in 0..<count { evidence.append(try piece()) }
        return evidence
    }

    private mutating func piece() throws(MessageError) -> Evidence {
        let flags = try flags(3)
        let advisory = try text()
        let feed = try word()
        let snapshot = flags[0] ? try integer() : nil
        let range = try text()
        let comparisons = try texts()
        let outcome: VerdictStatus = try choice("an outcome")
        return Evidence(
            advisory: advisory, feed: feed, snapshot: snapshot, range: range, comparisons: comparisons,
            outcome: outcome, decided: flags[1], note: flags[2] ? try text() : nil)
    }
}
