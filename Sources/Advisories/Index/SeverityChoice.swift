import Scoring

/// The severity of a vulnerability, chosen among everything that was said about it.
///
/// The precedence of origins is vendor → CNA and GitHub (which assigns most of the ids it publishes) → NVD. Within the first origin that
/// says anything usable, the vector of the highest CVSS version counts, of several the highest score; a severity word counts only
/// when that origin gives no readable vector. Then score and vector are those of the next origin that gives a vector, and the word stays
/// the severity.
struct SeverityChoice: Equatable, Sendable {
    /// The number of the chosen vector's text, or `IndexFormat.none`.
    var vector = IndexFormat.none
    /// The base score of the vector.
    var score: Double?
    var severity = Severity.unknown
    /// Who said so; `nil` when nobody said anything usable.
    var origin: SeverityStatement.Origin?

    /// Chooses.
    ///
    /// - Parameters:
    ///   - statements: In any order; the result does not depend on it.
    ///   - vectors: What the vectors come to.
    ///   - texts: Where the vectors' texts are.
    init(
        among statements: some Collection<PendingAdvisories.Statement>, vectors: ReadVectors.View,
        texts: StringPool.View
    ) {
        for rank in 0..<3 {
            let candidates = statements.lazy.filter { Self.rank(of: $0.origin) == rank }
            if choose(vectorAmong: candidates, vectors, texts) { return }
            if choose(wordAmong: candidates) {
                // The word stays; the numbers are those of the next who gives some.
                addVector(of: statements, behind: rank, vectors, texts)
                return
            }
        }
    }

    private mutating func addVector(
        of statements: some Collection<PendingAdvisories.Statement>, behind rank: Int, _ vectors: ReadVectors.View,
        _ texts: StringPool.View
    ) {
        for next in rank + 1..<3 {
            var other = self
            let candidates = statements.lazy.filter { Self.rank(of: $0.origin) == next }
            guard other.choose(vectorAmong: candidates, vectors, texts) else { continue }
            vector = other.vector
            score = other.score
            return
        }
    }

    /// What "no security impact" of the only publisher who speaks of packages comes to: the vendor's word, low, whatever the score.
    static let unimportant = SeverityChoice(vendorWord: .low)

    private init(vendorWord: Severity) {
        severity = vendorWord
        origin = .vendor
    }

    /// The number of an origin in a file; 0 stands for "nobody".
    static func code(of origin: SeverityStatement.Origin?) -> UInt8 {
        switch origin {
        case nil: 0
        case .vendor: 1
        case .cna: 2
        case .nvd: 3
        case .github: 4
        }
    }

    private mutating func choose(
        vectorAmong statements: some Sequence<PendingAdvisories.Statement>, _ vectors: ReadVectors.View,
        _ texts: StringPool.View
    ) -> Bool {
        var best: (vector: ReadVectors.Reading, statement: PendingAdvisories.Statement)?
        for statement in statements where statement.vector != IndexFormat.none {
            guard let vector = vectors[statement.vector] else { continue }
            if let known = best {
                let order = (Self.order(vector.version), vector.score),
                    least = (Self.order(known.vector.version), known.vector.score)
                if order < least { continue }
                if order == least && !precedes(statement, known.statement, texts) { continue }
            }
            best = (vector, statement)
        }
        guard let best else { return false }
        vector = best.statement.vector
        score = best.vector.score
        severity = best.vector.severity
        origin = best.statement.origin
        return true
    }

    private func precedes(
        _ lhs: PendingAdvisories.Statement, _ rhs: PendingAdvisories.Statement,
        _ texts: StringPool.View
    ) -> Bool {
        if lhs.vector != rhs.vector { return texts[lhs.vector].order(to: texts[rhs.vector]) < 0 }
        return Self.code(of: lhs.origin) < Self.code(of: rhs.origin)
    }

    private mutating func choose(wordAmong statements: some Sequence<PendingAdvisories.Statement>) -> Bool {
        var best: (word: Severity, origin: SeverityStatement.Origin)?
        for statement in statements {
            guard let word = statement.word, word != .unknown else { continue }
            if let known = best, (word, Self.code(of: known.origin)) <= (known.word, Self.code(of: statement.origin)) {
                continue
            }
            best = (word, statement.origin)
        }
        guard let best else { return false }
        severity = best.word
        origin = best.origin
        return true
    }

    private static func rank(of origin: SeverityStatement.Origin) -> Int {
        switch origin {
        case .vendor: 0
        case .cna, .github: 1
        case .nvd: 2
        }
    }

    private static func order(_ version: CVSSVersion) -> Int {
        switch version {
        case .v2: 0
        case .v3_0: 1
        case .v3_1: 2
        case .v4_0: 3
        }
    }
}
