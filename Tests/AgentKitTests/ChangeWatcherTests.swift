import Foundation
import Testing

@testable import AgentKit

@Suite(.timeLimit(.minutes(15))) struct ChangeWatcherTests {
    @Test func aRenameInAWatchedFolderIsSeen() async throws {
        let machine = try Machine(packages: ["a"])
        let watcher = try #require(ChangeWatcher(paths: [machine.folder.file("var/lib/dpkg/status")]))
        defer { watcher.stop() }
        try machine.install(["a", "b"])
        await watcher.signal.wait()
    }

    @Test(arguments: ["write", "remove", "folder"])
    func otherChangesAreSeen(kind: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("old", [1])
        let watcher = try #require(ChangeWatcher(paths: [folder.path, folder.file("missing/file")]))
        defer { watcher.stop() }
        switch kind {
        case "write": try folder.write("new", [1])
        case "remove": try FileManager.default.removeItem(atPath: folder.file("old"))
        default: try FileManager.default.createDirectory(atPath: folder.file("x"), withIntermediateDirectories: false)
        }
        await watcher.signal.wait()
    }

    /// Two folders are watched by two watchers; when the second has seen its change, an event of the first would have come as well.
    @Test func readingIsNoChange() async throws {
        let quiet = try TemporaryFolder()
        try quiet.write("file", [1])
        let watcher = try #require(ChangeWatcher(paths: [quiet.path]))
        defer { watcher.stop() }
        _ = try Data(contentsOf: URL(filePath: quiet.file("file")))
        _ = try FileManager.default.contentsOfDirectory(atPath: quiet.path)
        let other = try TemporaryFolder()
        let busy = try #require(ChangeWatcher(paths: [other.path]))
        defer { busy.stop() }
        try other.write("file", [1])
        await busy.signal.wait()
        #expect(!watcher.signal.isRaised)
    }

    @Test func aWaitThatWasGivenUpSpoilsNothing() async throws {
        let signal = ChangeSignal()
        let waiting = Task { await signal.wait() }
        waiting.cancel()
        await waiting.value
        #expect(!signal.isRaised)
        let second = Task { await signal.wait() }
        signal.raise()
        await second.value
        await signal.wait()
        #expect(signal.isRaised, "waiting takes nothing away")
        signal.clear()
        #expect(!signal.isRaised)
    }
}
