import Advisories
import Testing

/// A record that is left out can be found by what it is called.
struct FeedRecordIssueTests {
    @Test(arguments: ["7", #"[""]"#, #"{"references":[]}"#])
    func aRecordWithoutANameIsCalledSo(module: String) throws {
        let result = try MetasploitFeed.read(bytes: Array(#"{"":\#(module)}"#.utf8))
        #expect(result.issues.map(\.record) == ["record without a name"])
        #expect(result.reading.setAside == 1)
    }
}
