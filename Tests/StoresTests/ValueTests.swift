import Foundation
import Stores
import Testing

@Suite("Values of the store seam")
struct ValueTests {
    @Test("identifiers are read in either case and shown in lowercase")
    func identifiers() throws {
        let text = "0F8FAD5B-D9CB-469F-A165-70867728950E"
        let id = try #require(AgentID(text))
        #expect(id.description == text.lowercased())
        #expect(AgentID(id.description) == id)
        let json = try JSONEncoder().encode([id])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(text.lowercased())\"]")
        #expect(try JSONDecoder().decode([AgentID].self, from: json) == [id])
        for bad in ["", "x", text + "0", String(text.dropLast())] { #expect(AgentID(bad) == nil, "\(bad)") }
    }

    @Test("a page has 1 to 500 rows", arguments: [(-1, 1), (0, 1), (1, 1), (50, 50), (500, 500), (501, 500)])
    func pages(_ asked: Int, _ given: Int) {
        #expect(PageRequest(limit: asked).limit == given)
    }

    @Test("the total leaves out what counts otherwise")
    func totals() {
        var counts = SeverityCounts()
        (counts.critical, counts.high, counts.medium, counts.low, counts.unknown) = (1, 2, 3, 4, 5)
        (counts.exploited, counts.fixable, counts.undetermined) = (7, 8, 9)
        #expect(counts.total == 15)
    }
}
