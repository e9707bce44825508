import JSONDocuments
import Testing

@testable import Advisories

@Suite struct JSONListSplitterTests {
    /// What the splitter makes of a text that arrives in chunks of that many bytes.
    private func pieces(_ text: String, chunk: Int) throws -> [String] {
        var splitter = JSONListSplitter(list: "list", pieceLimit: 64)
        var found: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try Array(bytes[start..<min(bytes.count, start + chunk)]).withUnsafeBytes { bytes in
                try splitter.feed(bytes) { piece in
                    switch piece {
                    case .element(let bytes, let index):
                        found.append("\(index)=\(String(decoding: bytes, as: UTF8.self))")
                    case .member(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
                    }
                }
            }
        }
        try splitter.finish()
        return found + (splitter.sawList ? [] : ["no list"])
    }

    @Test(
        arguments: [
            (
                #"{"a":1,"list":[{"x":[1,2]},"]",3],"b":[4,5]}"#,
                [#"{"a":1}"#, #"0={"x":[1,2]}"#, #"1="]""#, "2=3", #"{"b":[4,5]}"#]
            ),
            (#" {"list" : [ ] } "#, []), (#"{"list":[],"list":[1]}"#, [#"{"list":[1]}"#]), ("{}", ["no list"]),
            (#"{"a":{"list":[1]}}"#, [#"{"a":{"list":[1]}}"#, "no list"]),
            (#"{"list":{"list":[1]}}"#, [#"{"list":{"list":[1]}}"#, "no list"]),
            (#"{"a":"\"list\":[","list":[1]}"#, [#"{"a":"\"list\":["}"#, "0=1"]),
        ] as [(String, [String])])
    func `finds elements and members whatever the chunks`(_ text: String, _ expected: [String]) throws {
        for chunk in [1, 2, 3, 7, 100] {
            #expect(try pieces(text, chunk: chunk) == expected)
        }
    }

    @Test(arguments: [
        "", "[", "[]", "{", #"{"list":["#, #"{"list":[1"#, #"{"list":[1]"#, #"{"list":[1,]}"#, #"{"list":[,1]}"#,
        #"{"list":[1}]"#,
        #"{"list":[1]]"#, #"{"list":[1] 2}"#, "{}x", "7",
    ])
    func `refuses what is no whole object`(_ text: String) {
        #expect(throws: JSONDocumentError.self) { try pieces(text, chunk: 100) }
    }

    @Test func `refuses a piece over the limit`() {
        let long = String(repeating: "x", count: 70)
        #expect(throws: JSONDocumentError.tooLarge(limit: 64)) { try pieces(#"{"list":["\#(long)"]}"#, chunk: 8) }
        #expect(throws: JSONDocumentError.tooLarge(limit: 64)) { try pieces(#"{"a":"\#(long)"}"#, chunk: 100) }
    }
}

@Suite struct CSVReaderTests {
    private func records(_ text: String, chunk: Int) -> (records: [String], isWhole: Bool) {
        var reader = CSVReader(recordLimit: 32)
        var found: [String] = []
        let take = { (record: CSVReader.Record) in
            switch record {
            case .whole(let fields, let line): found.append("\(line):" + fields.joined(separator: "|"))
            case .tooLong(let line): found.append("\(line) too long")
            }
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            Array(bytes[start..<min(bytes.count, start + chunk)]).withUnsafeBytes { reader.feed($0, take) }
        }
        let isWhole = reader.finish(take)
        return (found, isWhole)
    }

    @Test(
        arguments: [
            ("a,b\nc,d\n", ["1:a|b", "2:c|d"]), ("a,b\r\nc,d", ["1:a|b", "2:c|d"]), ("", []), ("\n\r\n\n", []),
            ("a,,\n,,b", ["1:a||", "2:||b"]), (#""a,b","c""d""#, [#"1:a,b|c"d"#]),
            ("\"a\nb\",c\nd,e", ["1:a\nb|c", "3:d|e"]), ("\"\",x", ["1:|x"]), (#"a"b,c"#, [#"1:a"b|c"#]),
            (#""a"b,c"#, ["1:ab|c"]), ("a,\"b\r\n\"\r\nc", ["1:a|b\r\n", "3:c"]),
            ("\(String(repeating: "x", count: 40)),b\nc,d", ["1 too long", "2:c|d"]),
            ("\(String(repeating: ",", count: 40))\nc,d", ["1 too long", "2:c|d"]),
        ] as [(String, [String])])
    func `reads RFC 4180 whatever the chunks`(_ text: String, _ expected: [String]) {
        for chunk in [1, 2, 5, 100] {
            let result = records(text, chunk: chunk)
            #expect(result.records == expected)
            #expect(result.isWhole)
        }
    }

    @Test func `knows that a text ended within quotes`() {
        #expect(!records("a,\"b\nc", chunk: 3).isWhole)
    }
}
