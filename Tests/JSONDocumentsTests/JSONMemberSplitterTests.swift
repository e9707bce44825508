import JSONDocuments
import Testing

/// Splits a text fed in chunks of the given size.
private func members(of text: String, chunk size: Int, limit: Int = 1_000) throws -> [String] {
    var splitter = JSONMemberSplitter(memberLimit: limit)
    var found: [String] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
        try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { chunk in
            try splitter.feed(chunk) { member, offset in
                found.append(String(decoding: member, as: UTF8.self))
                #expect(Array(bytes[offset...].prefix(member.count - 2)) == Array(member.dropFirst().dropLast()))
            }
        }
    }
    try splitter.finish()
    return found
}

@Suite struct JSONMemberSplitterTests {
    @Test(arguments: [1, 2, 3, 7, 1_000])
    func handsOverEachMemberAsAnObject(chunk: Int) throws {
        let text = " {\"a\":1,\"b,}\\\"\":{\"x\":[1,{}],\"y\":\"}\\\\\"} ,\n\"c\":[ ]} \n"
        #expect(
            try members(of: text, chunk: chunk)
                == [#"{"a":1}"#, #"{"b,}\"":{"x":[1,{}],"y":"}\\"} }"#, "{\n\"c\":[ ]}"])
        #expect(try members(of: "{ }", chunk: chunk) == [])
    }

    @Test(arguments: [
        ("", 0, "unexpected end"), ("[1]", 0, "expected an object"), (#"{"a":1"#, 6, "unexpected end"),
        (#"{"a":"1}"#, 8, "unexpected end"), (#"{"a":1,}"#, 7, "expected a member"), ("{,}", 1, "expected a member"),
        (#"{"a":1}x"#, 7, "text behind the document"), (#"{"a":{"b":1}"#, 12, "unexpected end"),
    ])
    func brokenTextNamesItsPlace(text: String, offset: Int, reason: String) {
        for chunk in [1, 100] {
            #expect(throws: JSONDocumentError.malformed(offset: offset, reason: reason)) {
                try members(of: text, chunk: chunk)
            }
        }
    }

    @Test func aMemberOverTheLimitIsRefused() throws {
        #expect(try members(of: #"{"a":1,"b":2}"#, chunk: 4, limit: 5).count == 2)
        #expect(throws: JSONDocumentError.tooLarge(limit: 5)) {
            try members(of: #"{"a":1,"b":22}"#, chunk: 4, limit: 5)
        }
    }

    @Test func errorsOfTheReceiverPassThrough() {
        struct Enough: Error {}
        var splitter = JSONMemberSplitter(memberLimit: 100)
        #expect(throws: Enough.self) {
            try Array(#"{"a":1}"#.utf8).withUnsafeBytes { try splitter.feed($0) { _, _ in throw Enough() } }
        }
    }
}
