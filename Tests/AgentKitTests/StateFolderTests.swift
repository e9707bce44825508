import Foundation
import Testing

@testable import AgentKit

@Suite struct StateFolderTests {
    @Test func theFolderIsItsOwnersAlone() throws {
        let outer = try TemporaryFolder()
        let path = outer.file("deep/state")
        _ = try StateFolder(path: path)
        #expect(try outer.mode("deep/state") == 0o700)
        #expect(chmod(path, 0o755) == 0)
        _ = try StateFolder(path: path)
        #expect(try outer.mode("deep/state") == 0o700, "also one that existed with wider rights")
    }

    @Test func aFileThatIsNoFolderIsNamed() throws {
        let outer = try TemporaryFolder()
        try outer.write("state", [])
        #expect {
            try StateFolder(path: outer.file("state"))
        } throws: {
            "\($0)".contains(outer.file("state"))
        }
    }

    @Test func writesWholeAndForTheOwnerAlone() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        #expect(try folder.read("a", limit: 10) == nil)
        try folder.write("a", [1, 2, 3])
        #expect(chmod(outer.file("a"), 0o644) == 0)
        try folder.write("a", [4, 5])
        #expect(try folder.read("a", limit: 10) == [4, 5])
        #expect(try outer.mode("a") == 0o600)
        #expect(folder.list() == ["a"], "nothing else is left behind")
        folder.remove("a")
        #expect(folder.list() == [])
    }

    @Test func aFailedWriteLeavesTheOldBytes() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        try folder.write("a", [1])
        // The name the new bytes are staged under is taken by a folder, so it cannot be opened.
        try FileManager.default.createDirectory(atPath: outer.file("a.new"), withIntermediateDirectories: false)
        #expect(throws: AgentError.self) { try folder.write("a", [2]) }
        #expect(try folder.read("a", limit: 10) == [1])
    }

    @Test func aSymbolicLinkIsNeverWrittenThrough() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.file("state"))
        try outer.write("target", [9])
        let link = outer.file("state/a")
        try FileManager.default.createSymbolicLink(atPath: link + ".new", withDestinationPath: outer.file("target"))
        #expect(throws: AgentError.self) { try folder.write("a", [1]) }
        #expect(unlink(link + ".new") == 0)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: outer.file("target"))
        try folder.write("a", [1])
        #expect(try Array(Data(contentsOf: URL(filePath: outer.file("target")))) == [9])
        #expect(try folder.read("a", limit: 10) == [1], "the link gave way to the file")
    }

    @Test func aLinkThatLeadsNowhereIsNotTakenForNoFile() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        try FileManager.default.createSymbolicLink(atPath: outer.file("a"), withDestinationPath: outer.file("gone"))
        #expect(throws: AgentError.self) { try folder.read("a", limit: 10) }
    }

    @Test func whatIsTooLargeOrNoFileIsAnErrorThatNamesThePath() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        try folder.write("large", [UInt8](repeating: 0, count: 11))
        #expect(mkfifo(outer.file("pipe"), 0o600) == 0)
        for name in ["large", "pipe"] {
            #expect {
                try folder.read(name, limit: 10)
            } throws: {
                "\($0)".contains(outer.file(name))
            }
        }
    }
}
