import JSONDocuments
import Matching
import SeededRandom
import Testing

@testable import Reports

@Suite struct JSONWriterTests {
    @Test func writesEveryKind() {
        let text = written { output in
            var writer = JSONWriter(to: output)
            writer.object { writer in
                writer.member("text", "a\"b\\c\n\r\t\u{1}\u{7F}é")
                writer.member("left out", nil as String?)
                writer.member("null", orNull: nil as String?)
                writer.lineBreak()
                writer.key("numbers")
                writer.array { writer in
                    writer.number(-1)
                    writer.number(9.8)
                    writer.number(10.0)
                    writer.number(1e300)
                    writer.number(Double.nan)
                }
                writer.member("flag", true)
                writer.key(text: "a\"")
                writer.array { $0.lineBreak() }
            }
            writer.finish()
        }
        #expect(
            text == """
                {"text":"a\\"b\\\\c\\n\\r\\t\\u0001\\u007fé","null":null,
                "numbers":[-1,9.8,10,1e+300,null],"flag":true,"a\\"":[
                ]}

                """)
    }

    @Test func lentBytesAreWrittenAsTheTextTheyAre() {
        for bytes in [Array("a\"b\u{1}".utf8), Array("é".utf8), [0x61, 0xFF, 0x62]] {
            let lent = written { output in
                var writer = JSONWriter(to: output)
                bytes.withUnsafeBytes { writer.string(utf8: $0) }
            }
            let text = written { output in
                var writer = JSONWriter(to: output)
                writer.string(String(decoding: bytes, as: UTF8.self))
            }
            #expect(lent == text)
        }
    }

    /// Specials are looked for in eight bytes at a time: each must be found at each place, and only what is one.
    @Test(arguments: 0...17)
    func escapesAreWrittenAtEveryPlace(before: Int) {
        let run = String(repeating: "~", count: before) + "!#[] é"
        for (meant, expected) in [
            ("\"", #"\""#), ("\\", #"\\"#), ("\u{1F}", #"\u001f"#), ("\u{7F}", #"\u007f"#), ("\t", #"\t"#),
            ("\u{80}", "\u{80}"),
        ] {
            let text = written { output in
                var writer = JSONWriter(to: output)
                writer.string(run + meant + meant + run)
            }
            #expect(text == "\"" + run + expected + expected + run + "\"")
            let lent = written { output in
                var writer = JSONWriter(to: output)
                Array((run + meant + meant + run).utf8).withUnsafeBytes { writer.string(utf8: $0) }
            }
            #expect(lent == text)
        }
    }

    /// The last eight bytes are looked at together, whatever the length.
    @Test(arguments: 0...25)
    func textsOfEveryLengthAreWritten(length: Int) {
        for last in ["", "\"", "é", "\u{7F}"] {
            let meant = String(repeating: "x", count: length) + last
            let lent = written { output in
                var writer = JSONWriter(to: output)
                writer.array { writer in
                    Array(meant.utf8).withUnsafeBytes { writer.string(utf8: $0) }
                    writer.string(meant)
                }
            }
            let escaped = last == "\"" ? "\\\"" : last == "\u{7F}" ? "\\u007f" : last
            let text = "\"" + String(repeating: "x", count: length) + escaped + "\""
            #expect(lent == "[\(text),\(text)]")
        }
    }

    /// Those in tenths are written without the standard library's search for digits, and must come out the same.
    @Test func numbersHaveTheFewestDigits() {
        var random = SplitMix(seed: 3)
        var values = [
            0.1, 0.05, 0.15, 9.95, 99999.9, 999_999.9, 1e6 + 0.1, -0.1, -7.5, 0.30000000000000004, 1e15, 1e-7, 0.25,
            .leastNonzeroMagnitude,
        ]
        for _ in 0..<2_000 {
            values.append(Double(Int.random(in: 0..<2_000_000, using: &random)) / 10)
            values.append(Double.random(in: 0..<1, using: &random))
        }
        for value in values {
            let text = written { output in
                var writer = JSONWriter(to: output)
                writer.number(value)
            }
            let isWhole = value == value.rounded() && value.magnitude < 1e15
            #expect(text == (isWhole ? String(Int64(value)) : value.description))
        }
    }

    @Test func oneTextOfPieces() {
        let text = written { output in
            var writer = JSONWriter(to: output)
            Array("1\"é".utf8).withUnsafeBytes { writer.string("Upgrade ", "a\"b", " to ", utf8: $0) }
        }
        #expect(text == #""Upgrade a\"b to 1\"é""#)
    }

    @Test func whatCannotBeHadFailsTheOutput() {
        let text = written { output in
            var writer = JSONWriter(to: output)
            writer.fail(IndexError.damaged(what: "a page"))
            writer.string("lost")
        }
        #expect(text == "\(IndexError.damaged(what: "a page"))")
    }

    @Test func whatIsSaidTwiceIsWrittenOnce() {
        var calls: [Int] = []
        let text = written { output in
            var writer = JSONWriter(to: output)
            var fragments = JSONFragments([0, 1, 0, 2, 0])
            for number in [0, 1, 0, 2, 0] {
                writer.object { writer in
                    fragments.write(number, to: &writer) { writer in
                        calls.append(number)
                        if number != 2 { writer.member("number", number) }
                    }
                }
            }
        }
        #expect(text == #"{"number":0},{"number":1},{"number":0},{},{"number":0}"#)
        #expect(calls == [0, 1, 2])
    }

    @Test func whatCannotBeHadOfAFragmentFailsTheOutput() {
        let text = written { output in
            var writer = JSONWriter(to: output)
            var fragments = JSONFragments([0, 0])
            fragments.write(0, to: &writer) { writer in
                writer.noting { _ in throw IndexError.damaged(what: "a page") }
            }
        }
        #expect(text == "\(IndexError.damaged(what: "a page"))")
    }

    @Test func anyTextReadsBackAsItWas() throws {
        var random = SplitMix(seed: 1)
        let parser = JSONParser()
        for _ in 0..<1_000 {
            let text = String(decoding: random.mutated(Array("\"\\/\u{0}\u{1F}é𝄞\u{2028}plain".utf8)), as: UTF8.self)
            let json = written { output in
                var writer = JSONWriter(to: output)
                writer.array { $0.string(text) }
            }
            let read = try parser.parse(Array(json.utf8)).array?.first { _ in true }?.string
            #expect(read == text)
        }
    }

    @Test func theFirstErrorOfTheDrainIsTold() {
        struct Full: Error {}
        var calls = 0
        let output = ByteOutput(capacity: 64) { _ in
            calls += 1
            throw Full()
        }
        for _ in 0..<1000 { output.append("some text" as StaticString) }
        #expect(throws: Full.self) { try output.flush() }
        #expect(calls == 1)
    }
}
