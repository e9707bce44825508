import Foundation
import Testing

@testable import AgentKit

@Suite struct ScanMemoryFileTests {
    private let folder: TemporaryFolder
    private let file: ScanMemoryFile

    init() throws {
        folder = try TemporaryFolder()
        file = ScanMemoryFile(path: folder.file("memory"))
    }

    /// What a scan is told that leaves `memory`.
    private func known(leaving memory: [UInt8]?) throws -> [UInt8]? {
        try file.update { ($0, memory: memory) }
    }

    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path) } }

    @Test func aScanIsToldWhatTheOneBeforeLeft() throws {
        #expect(try known(leaving: [1, 2]) == nil)
        #expect(try folder.mode("memory") == 0o600)
        #expect(try known(leaving: [1, 2]) == [1, 2])
        #expect(try known(leaving: nil) == [1, 2])
        #expect(try names == [])
        #expect(try known(leaving: nil) == nil)
    }

    @Test func aScanThatFailsLeavesWhatWasThere() throws {
        _ = try known(leaving: [1])
        #expect(throws: CancellationError.self) {
            try file.update { _ -> (Void, memory: [UInt8]?) in throw CancellationError() }
        }
        #expect(try known(leaving: nil) == [1])
    }

    @Test func whatOthersMayReadOrIsTooLongIsNotBelieved() throws {
        try folder.write("memory", [1])
        #expect(try known(leaving: [2]) == nil)
        #expect(try known(leaving: nil) == [2])
        let memory = folder.file("memory")
        try folder.write("memory", [])
        #expect(truncate(memory, off_t(ScanMemoryFile.limit + 1)) == 0 && chmod(memory, 0o600) == 0)
        #expect(try known(leaving: [3]) == nil)
    }

    @Test func whatIsNoFileStaysWhatItIs() throws {
        let memory = folder.file("memory")
        try folder.write("other", [1])
        #expect(chmod(folder.file("other"), 0o600) == 0)
        try FileManager.default.createSymbolicLink(atPath: memory, withDestinationPath: folder.file("other"))
        #expect(try known(leaving: [2]) == nil)
        #expect(try known(leaving: nil) == nil)
        #expect(try Array(Data(contentsOf: URL(filePath: memory))) == [1])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: memory) == folder.file("other"))
    }
}
