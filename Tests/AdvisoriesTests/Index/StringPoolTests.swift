import Testing

@testable import Advisories

@Suite struct StringPoolTests {
    @Test("a text has one number, and thousands keep theirs as the table grows")
    func interns() {
        var pool = StringPool()
        let texts = (0..<20_000).map { "text \($0) \(String(repeating: "x", count: $0 % 40))" } + ["", "é", "\u{0}"]
        let numbers = texts.map { pool.intern($0) }
        #expect(Set(numbers).count == texts.count)
        #expect(texts.map { pool.intern($0) } == numbers)
        #expect(numbers.map { pool.string($0) } == texts)
        #expect(pool.count == texts.count)
    }

    @Test("texts are ordered by bytes, the shorter first when one begins the other")
    func orders() {
        var pool = StringPool()
        let ordered = ["", "a", "aa", "ab", "b", "é"]
        let numbers = ordered.map { pool.intern($0) }
        for (left, lhs) in numbers.enumerated() {
            for (right, rhs) in numbers.enumerated() { #expect(pool.precedes(lhs, rhs) == (left < right)) }
        }
    }
}
