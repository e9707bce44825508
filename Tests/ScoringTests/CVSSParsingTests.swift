import Scoring
import Testing

@Suite struct CVSSParsingTests {
    @Test(
        arguments: [
            ("", .empty),
            ("CVSS:", .unsupportedVersion("")),
            ("CVSS:5.0/AV:N", .unsupportedVersion("5.0")),
            // CVSS 2.0 has no prefix; what carries one is not a 2.0 vector.
            ("CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", .unsupportedVersion("2.0")),
            ("cvss:3.1/AV:N", .unknownMetric("cvss")),
            ("CVSS:3.1", .malformedElement(position: 0)),
            ("CVSS:3.1/", .malformedElement(position: 0)),
            ("CVSS:3.1/AV:N/", .malformedElement(position: 1)),
            ("CVSS:3.1//AV:N", .malformedElement(position: 0)),
            ("CVSS:3.1/AV", .malformedElement(position: 0)),
            ("CVSS:3.1/AV:", .malformedElement(position: 0)),
            ("CVSS:3.1/:N", .malformedElement(position: 0)),
            ("CVSS:3.1/AV:N:N", .malformedElement(position: 0)),
            ("CVSS:3.1/AV:Q", .invalidValue(metric: "AV", value: "Q")),
            ("CVSS:3.1/AV:n", .invalidValue(metric: "AV", value: "n")),
            ("CVSS:3.1/av:N", .unknownMetric("av")),
            // A base metric cannot be "not defined"; an optional one can.
            ("CVSS:3.1/AV:X", .invalidValue(metric: "AV", value: "X")),
            ("CVSS:3.1/AV:N/AV:N", .repeatedMetric("AV")),
            // Also when the first one said nothing.
            ("CVSS:3.1/AV:N/E:X/E:P", .repeatedMetric("E")),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", .missingMetric("A")),
            ("CVSS:3.1/AC:L", .missingMetric("AV")),
            (" CVSS:3.1/AV:N", .unknownMetric(" CVSS")),
            ("CVSS:3.1/AV:N /AC:L", .invalidValue(metric: "AV", value: "N ")),
            // A 4.0 metric in 3.1, a 3.1 metric in 4.0, and a value that only the modified metric knows.
            ("CVSS:3.1/AT:N", .unknownMetric("AT")),
            ("CVSS:4.0/RL:O", .unknownMetric("RL")),
            ("CVSS:4.0/SI:S", .invalidValue(metric: "SI", value: "S")),
            ("CVSS:4.0/MSC:S", .invalidValue(metric: "MSC", value: "S")),
            ("CVSS:4.0/U:amber", .invalidValue(metric: "U", value: "amber")),
            ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", .unknownMetric("(AV")),
            ("AV:N/AC:L/AU:N/C:P/I:P/A:P", .unknownMetric("AU")),
            ("AV:N/AC:L/Au:ND/C:P/I:P/A:P", .invalidValue(metric: "Au", value: "ND")),
            ("AV:N/AC:L/Au:N/C:P/I:P", .missingMetric("A")),
            ("7.5", .malformedElement(position: 0)),
        ] as [(String, CVSSError)])
    func `names what is wrong`(_ text: String, _ error: CVSSError) {
        #expect(throws: error) { try CVSSVector(text) }
    }

    @Test func `refuses endless text before it reads it`() {
        let text = "CVSS:3.1/" + String(repeating: "AV:N/", count: 200_000)
        #expect(throws: CVSSError.tooLong(limit: 512)) { try CVSSVector(text) }
    }

    @Test func `errors are one short line each`() {
        let hostile = CVSSError.unknownMetric("a\n\u{1B}[31m" + String(repeating: "b", count: 500))
        #expect(!hostile.description.contains("\n"))
        #expect(!hostile.description.contains("\u{1B}"))
        #expect(hostile.description.count < 100)
        #expect("\(CVSSError.missingMetric("AV"))" == "CVSS metric AV is missing")
    }

    @Test func `takes a substring and compares by text`() throws {
        let text = "score AV:N/AC:L/Au:N/C:P/I:P/A:P"
        let vector = try CVSSVector(text.dropFirst(6))
        #expect(try vector == CVSSVector("AV:N/AC:L/Au:N/C:P/I:P/A:P"))
        #expect(try vector != CVSSVector("AC:L/AV:N/Au:N/C:P/I:P/A:P"))
    }

    /// Cuts, repeats and garbles real vectors; whatever comes out is an error or a score within bounds.
    @Test(arguments: CVSSVersion.allCases)
    func `never traps on damaged vectors`(_ version: CVSSVersion) {
        var random = SplitMix(seed: 0x5EED)
        let alphabet = Array("AVCNLHPX:/.0123456789é\u{0}(\u{1F600} ".unicodeScalars)
        for _ in 0..<5000 {
            var scalars = Array(VectorGenerator.vector(version, optional: 0.5, using: &random).unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damage(&scalars, alphabet: alphabet, using: &random)
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            if let scored = try? CVSSVector(text) {
                #expect((0...10).contains(scored.score), "\(text)")
            }
        }
    }

    private func damage(_ scalars: inout [Unicode.Scalar], alphabet: [Unicode.Scalar], using random: inout SplitMix) {
        guard let place = scalars.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0...3, using: &random) {
        case 0: scalars.remove(at: place)
        case 1: scalars[place] = alphabet.randomElement(using: &random) ?? "?"
        case 2: scalars.append(contentsOf: scalars[place...])
        default: scalars.removeSubrange(place...)
        }
    }
}
