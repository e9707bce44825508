import Testing

@testable import Advisories

@Suite struct RangeCompilerTests {
    private typealias Event = RangeCompiler.Event

    /// Versions are numbers here: text `n` stands at place `n`, 0 is the text "0", 90 and more do not parse, 80 is the text "*".
    private func compile(_ events: [(RangeCompiler.Event, UInt32)]) -> [AffectedInterval]? {
        RangeCompiler.compile(
            events, isText: { text, literal in text == ("\(literal)" == "0" ? 0 : 80) },
            position: { $0 >= 80 ? nil : RangeCompiler.Position(ordinal: $0, group: $0) })
    }

    private func interval(_ lower: UInt32?, _ upper: UInt32?, _ kind: IntervalKind) -> AffectedInterval {
        AffectedInterval(lower: lower ?? IndexFormat.none, upper: upper ?? IndexFormat.none, kind: kind)
    }

    @Test("events in any order become ascending intervals")
    func sorts() {
        let events: [(RangeCompiler.Event, UInt32)] = [(.fixed, 9), (.introduced, 5), (.introduced, 0), (.fixed, 3)]
        #expect(compile(events) == [interval(nil, 3, .fixed), interval(5, 9, .fixed)])
    }

    @Test("a range that never closes stays open")
    func open() {
        #expect(compile([(.introduced, 4)]) == [interval(4, nil, .open)])
    }

    @Test("a repair at the version of the introduction leaves nothing")
    func empty() {
        #expect(compile([(.introduced, 4), (.fixed, 4)]) == [])
        #expect(compile([(.fixed, 4)]) == [])
        #expect(compile([]) == [])
    }

    @Test("events at one version act in the order of the document")
    func chained() {
        let events: [(RangeCompiler.Event, UInt32)] = [(.introduced, 0), (.fixed, 4), (.introduced, 4), (.fixed, 6)]
        #expect(compile(events) == [interval(nil, 6, .fixed)])
    }

    @Test("introduced and last affected at one version hold that version")
    func single() {
        #expect(compile([(.introduced, 4), (.lastAffected, 4)]) == [interval(4, 4, .lastAffected)])
    }

    @Test("a limit cuts intervals off and drops those above it; an asterisk does not")
    func limits() {
        let events: [(RangeCompiler.Event, UInt32)] = [
            (.introduced, 1), (.fixed, 3), (.introduced, 5), (.introduced, 8),
        ]
        #expect(compile(events + [(.limit, 7)]) == [interval(1, 3, .fixed), interval(5, 7, .limit)])
        #expect(compile(events + [(.limit, 2)]) == [interval(1, 2, .limit)])
        #expect(compile(events + [(.limit, 2), (.limit, 80)]) == [interval(1, 3, .fixed), interval(5, nil, .open)])
        #expect(compile([(.introduced, 1), (.lastAffected, 7), (.limit, 7)]) == [interval(1, 7, .limit)])
    }

    @Test("one bound that does not parse makes the range unreadable")
    func unreadable() {
        #expect(compile([(.introduced, 1), (.fixed, 99)]) == nil)
    }
}
