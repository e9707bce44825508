import BoundedInput
import Foundation
import Testing

@Suite struct LineReaderTests {
    /// The lines of a file with these bytes.
    private func lines(_ bytes: [UInt8], limit: Int) throws -> [LineReader.Line] {
        let path = FileManager.default.temporaryDirectory.appending(path: "lines-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let handle = try #require(FileHandle(forReadingAtPath: path))
        defer { try? handle.close() }
        var reader = LineReader(descriptor: handle.fileDescriptor, limit: limit)
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    private func line(_ text: String) -> LineReader.Line { .line(Array(text.utf8)) }

    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb", ["a", "b"]), ("\n\n", ["", ""]), ("a\rb\n", ["a\rb"]),
        ("\r\n", [""]),
    ])
    func endsAreCutOff(text: String, expected: [String]) throws {
        #expect(try lines(Array(text.utf8), limit: 10) == expected.map(line))
    }

    @Test func aLineOfTheLimitFitsAndOneMoreDoesNot() throws {
        let text = "1234\n12345\n1234\r\n12345\r\n123456789\nend"
        #expect(
            try lines(Array(text.utf8), limit: 4) == [
                line("1234"), .tooLong, line("1234"), .tooLong, .tooLong, line("end"),
            ])
    }

    @Test func linesMayCrossTheBuffersEnd() throws {
        let long = String(repeating: "x", count: 100_000)
        let text = Array("\(long)\n\(long)\r\nshort\n".utf8)
        #expect(try lines(text, limit: 100_000) == [line(long), line(long), line("short")])
        #expect(try lines(text, limit: 99_999) == [.tooLong, .tooLong, line("short")])
    }

    @Test func saysBeforeItMayWait() throws {
        var pipes: [Int32] = [0, 0]
        try #require(pipe(&pipes) == 0)
        defer { close(pipes[0]) }
        let writer = pipes[1]
        var waits = 0
        var reader = LineReader(descriptor: pipes[0], limit: 100) {
            waits += 1
            // Nothing is sent before the reader has said that it will wait.
            if waits == 1 { _ = send(writer, "a\nb\n") }
            if waits == 2 { close(writer) }
        }
        #expect(try reader.next() == line("a"))
        #expect(waits == 1)
        #expect(try reader.next() == line("b"))
        #expect(try reader.next() == nil)
        #expect(waits == 2)
    }

    private func send(_ descriptor: Int32, _ text: String) -> Int {
        Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
