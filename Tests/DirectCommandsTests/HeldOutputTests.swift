import Foundation
import Testing

@testable import DirectCommands

@Suite struct HeldOutputTests {
    /// What comes out of a pipe or file that an output is released to.
    private func released(memoryLimit: Int, _ pieces: [[UInt8]]) throws -> (before: Int, after: [UInt8]) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("held-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        defer { try? handle.close() }
        let held = HeldOutput(memoryLimit: memoryLimit)
        for piece in pieces { try piece.withUnsafeBytes { try held.take($0) } }
        let before = try Data(contentsOf: URL(fileURLWithPath: path)).count
        try held.release(to: handle.fileDescriptor)
        return (before, Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// Within memory, just at its limit, from the middle on in a file, and from the first piece on.
    @Test(arguments: [1 << 20, 600_000, 250_000, 10, 0])
    func nothingComesOutBeforeItsReleaseAndThenAllInOrder(memoryLimit: Int) throws {
        let pieces = (0..<6).map { number in (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) } }
        let (before, after) = try released(memoryLimit: memoryLimit, pieces + [[]])
        #expect(before == 0)
        #expect(after == pieces.flatMap { $0 })
    }

    @Test func nothingIsNothing() throws {
        #expect(try released(memoryLimit: 10, []).after.isEmpty)
    }
}
