import JSONDocuments
import Testing

/// What a parse gives, reduced to something comparable.
private func failure(_ text: [UInt8], maximumDepth: Int = 64) -> JSONDocumentError? {
    do throws(JSONDocumentError) {
        _ = try JSONParser(maximumDepth: maximumDepth).parse(text)
        return nil
    } catch {
        return error
    }
}

private func failure(_ text: String, maximumDepth: Int = 64) -> JSONDocumentError? {
    failure(Array(text.utf8), maximumDepth: maximumDepth)
}

@Suite struct JSONParserTests {
    @Test func readsEveryKindOfValue() throws {
        let parser = JSONParser()
        let text =
            #"{"s":"a\u00e9\n\u0000z","i":-7,"d":2.5e3,"t":true,"f":false,"n":null,"a":[1,"two",[]],"o":{"k":{}}}"#
        let root = try parser.parse(Array(text.utf8))
        #expect(root.kind == .object)
        #expect(root["s"]?.string == "aé\n\0z")
        #expect(root["i"]?.int == -7)
        #expect(root["i"]?.double == -7)
        #expect(root["d"]?.double == 2500)
        #expect(root["d"]?.int == nil)
        #expect(root["t"]?.bool == true)
        #expect(root["f"]?.bool == false)
        #expect(root["n"]?.isNull == true)
        #expect(root["a"]?.array?.map(\.kind) == [.number, .string, .array])
        #expect(root["a"]?.array?.count == 3)
        #expect(root["o"]?["k"]?.object?.count == 0)
        #expect(root.object?.map(\.key) == ["s", "i", "d", "t", "f", "n", "a", "o"])
        #expect(root["missing"] == nil)
    }

    @Test func accessorsAnswerNilForOtherKinds() throws {
        let root = try JSONParser().parse(Array(#"[null,true,1,"x",[],{}]"#.utf8))
        let values = try #require(root.array).map { $0 }
        #expect(values.map { $0.string } == [nil, nil, nil, "x", nil, nil])
        #expect(values.map { $0.int } == [nil, nil, 1, nil, nil, nil])
        #expect(values.map { $0.double } == [nil, nil, 1, nil, nil, nil])
        #expect(values.map { $0.bool } == [nil, true, nil, nil, nil, nil])
        #expect(values.map { $0.array != nil } == [false, false, false, false, true, false])
        #expect(values.map { $0.object != nil } == [false, false, false, false, false, true])
        #expect(values.map { $0["x"] != nil } == [false, false, false, false, false, false])
    }

    @Test func namesAreComparedAsBytesAndTheFirstDuplicateWins() throws {
        let root = try JSONParser().parse(Array(#"{"ke":0,"key":1,"key":2,"k\u0065y2":3,"é":4,"":5}"#.utf8))
        #expect(root["key"]?.int == 1)
        #expect(root["key2"]?.int == 3)
        #expect(root["é"]?.int == 4)
        #expect(root[""]?.int == 5)
        let name = String("yek".reversed())
        #expect(root[name]?.int == 1)
        #expect(root.object?.map(\.key) == ["ke", "key", "key", "key2", "é", ""])
    }

    @Test func stringsCompareWithoutConversion() throws {
        let root = try JSONParser().parse(Array(#"["SEMVER","semver",1]"#.utf8))
        #expect(root.array?.map { $0.isString("SEMVER") } == [true, false, false])
        #expect(root.array?.map { $0.withUTF8String(\.count) } == [6, 6, nil])
    }

    @Test(
        arguments: [
            ("9223372036854775807", Int.max, 9_223_372_036_854_775_807.0),
            ("-9223372036854775808", Int.min, -9_223_372_036_854_775_808.0),
            ("18446744073709551615", nil, 18_446_744_073_709_551_615.0),
            // Beyond 64 bits only a double is left.
            ("18446744073709551616", nil, 18_446_744_073_709_551_616.0),
            ("-9223372036854775809", nil, -9_223_372_036_854_775_809.0),
            ("123456789012345678901234567890", nil, 123_456_789_012_345_678_901_234_567_890.0),
            ("1.0", nil, 1.0), ("-0", 0, 0), ("5e-324", nil, .leastNonzeroMagnitude), ("1e308", nil, 1e308),
        ] as [(String, Int?, Double)])
    func numbersKeepTheirValue(text: String, whole: Int?, real: Double) throws {
        // The string before must not be taken for a number when huge ones are rewritten.
        let root = try JSONParser().parse(Array(#"{"\"1":"99999999999999999999\\","n":\#(text)}"#.utf8))
        #expect(root["n"]?.int == whole)
        #expect(root["n"]?.double == real)
        #expect(root["\"1"]?.string == "99999999999999999999\\")
    }

    @Test(arguments: [
        ("", 0, "unexpected end"), ("  ", 2, "unexpected end"), ("{", 1, "unexpected end"),
        (#"{"a""#, 4, "unexpected end"), (#"{"a":"#, 5, "unexpected end"), (#"{"a":1"#, 6, "unexpected end"),
        (#"{"a":1,}"#, 7, "expected a name in quotes"), ("[1,]", 3, "expected a value"),
        ("[1 2]", 3, "expected a comma or ]"), (#"{"a":1 "b":2}"#, 7, "expected a comma or }"),
        (#"{"a" 1}"#, 5, "expected a colon"), (#"{a:1}"#, 1, "expected a name in quotes"),
        ("nul", 0, "expected a value"), ("[tru]", 1, "expected a value"), ("01", 1, "text behind the document"),
        ("[-01]", 3, "expected a comma or ]"), ("[1.]", 3, "broken number"),
        ("[-]", 2, "broken number"), ("[1e+]", 4, "broken number"), (#""abc"#, 4, "unexpected end"),
        (#"["a\x"]"#, 3, "unknown escape"), (#"["\u12g4"]"#, 2, "broken escape"),
        (#"["\u-000"]"#, 2, "broken escape"), (#"["\u+000"]"#, 2, "broken escape"),
        (#"["\ud800"]"#, 2, "lone surrogate"), (#"["\udc00"]"#, 2, "lone surrogate"),
        ("[\"a\nb\"]", 3, "control character in a string"), ("[1]]", 3, "text behind the document"),
    ])
    func malformedTextNamesItsPlace(text: String, offset: Int, reason: String) {
        #expect(failure(text) == .malformed(offset: offset, reason: reason))
    }

    /// Specials are looked for in eight bytes at a time: each must be found at each place, and only what is one.
    @Test(arguments: 0...17)
    func escapesAreReadAtEveryPlace(before: Int) throws {
        let run = String(repeating: "~", count: before) + "!#[]\u{7F}"
        for (written, meant) in [
            (#"\n"#, "\n"), (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b\f\r\t"#, "\u{8}\u{C}\r\t"),
            (#"\u0041"#, "A"), (#"\u00E9"#, "é"), (#"\u20ac"#, "€"), (#"\ud83d\ude00"#, "😀"), ("é", "é"), ("€", "€"),
            ("😀", "😀"), ("", ""),
        ] {
            let text = #"{"\#(run)\#(written)\#(run)":["\#(written)\#(run)","next"]}"#
            let root = try JSONParser().parse(Array(text.utf8))
            #expect(root[run + meant + run]?.array?.map(\.string) == [meant + run, "next"])
            #expect(
                failure(#"{""# + run + "\u{1F}")
                    == .malformed(offset: 2 + run.utf8.count, reason: "control character in a string"))
        }
    }

    @Test func numbersTooSmallForADoubleAreZero() throws {
        #expect(try JSONParser().parse(Array("[1e-999]".utf8)).array?.map(\.double) == [0])
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0xAF], [0xE2, 0x82], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0x80], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func everyBrokenSequenceIsFound(sequence: [UInt8]) {
        #expect(failure([0x22, 0x61] + sequence + [0x22]) == .invalidUTF8(offset: 2))
        #expect(failure([0x22, 0x61] + sequence) == .invalidUTF8(offset: 2))
    }

    @Test func invalidUTF8NamesItsPlace() {
        #expect(failure([0x22, 0x61, 0xFF, 0x22]) == .invalidUTF8(offset: 2))
        #expect(failure([0x5B, 0x22, 0xC3, 0xA9, 0xED, 0xA0, 0x80, 0x22, 0x5D]) == .invalidUTF8(offset: 4))
        #expect(failure([0xEF, 0xBB, 0xBF, 0x22, 0xC3, 0x22]) == .invalidUTF8(offset: 4))
    }

    @Test func numbersOutOfRangeAreRefused() {
        #expect(failure("[1e999]") == .numberOutOfRange)
    }

    @Test func skipsAByteOrderMark() throws {
        #expect(try JSONParser().parse([0xEF, 0xBB, 0xBF] + Array("[1]".utf8)).array?.count == 1)
        #expect(failure([0xEF, 0xBB, 0xBF] + Array("[1".utf8)) == .malformed(offset: 5, reason: "unexpected end"))
    }

    @Test(arguments: [1, 2, 64, 1024])
    func nestingIsLimited(limit: Int) {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + "1" + String(repeating: "]", count: levels)
        }
        #expect(failure(nested(limit), maximumDepth: limit) == nil)
        #expect(failure(nested(limit + 1), maximumDepth: limit) == .tooDeep(limit: limit))
        #expect(failure(String(repeating: #"{"a":"#, count: limit + 1), maximumDepth: limit) == .tooDeep(limit: limit))
        #expect(failure(String(repeating: "[", count: 1_000_000), maximumDepth: limit) == .tooDeep(limit: limit))
    }

    @Test func aHeldValueOutlivesTheNextParse() throws {
        let parser = JSONParser()
        let first = try parser.parse(Array(#"{"a":"first"}"#.utf8))
        let second = try parser.parse(Array(#"{"a":"other"}"#.utf8))
        #expect(first["a"]?.string == "first")
        #expect(second["a"]?.string == "other")
    }

    @Test func oneParserTakesDocumentsOfGrowingAndShrinkingSize() throws {
        let parser = JSONParser()
        for count in [0, 1, 10, 5_000, 3, 100_000, 1] {
            let text = "[" + Array(repeating: "12", count: count).joined(separator: ",") + "]"
            let root = try parser.parse(Array(text.utf8))
            #expect(root.array?.reduce(0) { $0 + ($1.int ?? 0) } == 12 * count)
        }
        #expect(throws: JSONDocumentError.self) { try parser.parse(Array("[".utf8)) }
        #expect(try parser.parse(Array("[1]".utf8)).array?.count == 1)
    }

    @Test func randomBytesNeverTrapAndFailuresHaveAPlace() throws {
        var generator = SplitMix(state: 7)
        let seed = Array(#"{"id":"X-1","list":[1,-2.5e3,true,null,"\u00e9\\"],"o":{"k":"v é"}}"#.utf8)
        let parser = JSONParser(maximumDepth: 8)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                default: bytes.insert(Array(#"{}[]",:0e-\"#.utf8).randomElement(using: &generator) ?? 0, at: at)
                }
            }
            do throws(JSONDocumentError) {
                _ = walk(try parser.parse(bytes))
            } catch {
                refused += 1
                if case .malformed(nil, let reason) = error { Issue.record("no place for \(reason): \(bytes)") }
            }
        }
        #expect(refused > 1_000)
    }

    /// Touches every value, so that a wrong handle would show.
    private func walk(_ value: JSONValue) -> Int {
        let children =
            value.array.map { $0.reduce(0) { $0 + walk($1) } }
            ?? value.object.map { $0.reduce(0) { $0 + walk($1.value) } }
        return (children ?? 0) + (value.string?.utf8.count ?? 0) + 1
    }
}

/// A seeded generator, so that a failing run can be repeated (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
