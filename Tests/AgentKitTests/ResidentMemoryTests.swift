import Testing

@testable import AgentKit

@Suite struct ResidentMemoryTests {
    @Test(arguments: [
        ("5581000-5582000 r-xp 00001000 fe:00 12  /usr/bin/agent", 0x5581000..<0x5582000 as Range<UInt>?),
        ("5581000-5582000 r-xp 00001000 fe:00 12  /usr/bin/other", nil),
        ("5581000-5582000 r--p 00001000 fe:00 12  /usr/bin/agent", nil),
        ("5581000-5582000 rwxp 00001000 fe:00 12  /usr/bin/agent", nil),
        ("5581000-5582000 r-xs 00001000 fe:00 12  /usr/bin/agent", nil),
        ("5581000-5582000 r-xp 00000000 00:00 0", nil),
        ("5582000-5581000 r-xp 00001000 fe:00 12  /usr/bin/agent", nil),
        ("rubbish", nil),
        ("", nil),
    ])
    func onlyTheProgramsOwnCodeIsLetGoOf(line: String, range: Range<UInt>?) {
        #expect(ResidentMemory.codeRange(line, of: "/usr/bin/agent") == range)
    }

    @Test func lettingGoChangesNothingThatRuns() {
        let before = (0..<1_000).map { $0 * $0 }
        ResidentMemory.release()
        #expect((0..<1_000).map { $0 * $0 } == before)
    }
}
