import BoundedInput
import Foundation
import Testing

@Suite struct BoundedFileTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "bounded-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder.appending(path: name).path
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: [0, 1, 4096, 100_000])
    func readsUpToTheLimit(count: Int) throws {
        let path = try file("plain", [UInt8](repeating: 7, count: count))
        #expect(try BoundedFile.read(path, limit: count).count == count)
        #expect(try BoundedFile.read(path, limit: Int.max).count == count)
        #expect(throws: FileReadError(path: path, reason: .tooLarge(limit: count - 1))) {
            try BoundedFile.read(path, limit: count - 1)
        }
    }

    @Test func readsFilesThatHideTheirSize() throws {
        #expect(try !BoundedFile.read("/proc/self/status", limit: 1 << 20).isEmpty)
        #expect(throws: FileReadError(path: "/proc/self/status", reason: .tooLarge(limit: 10))) {
            try BoundedFile.read("/proc/self/status", limit: 10)
        }
    }

    @Test func namesPathAndReasonOfAMissingFile() {
        let path = folder.appending(path: "none").path
        let error = #expect(throws: FileReadError.self) { try BoundedFile.read(path, limit: 10) }
        #expect(error?.description == "\(path): No such file or directory")
    }

    @Test func refusesWhatIsNoFile() throws {
        let fifo = folder.appending(path: "fifo").path
        #expect(mkfifo(fifo, 0o600) == 0)
        for path in [fifo, folder.path, "/dev/null", "/dev/zero"] {
            #expect(throws: FileReadError(path: path, reason: .notARegularFile)) {
                try BoundedFile.read(path, limit: 10)
            }
        }
    }

    @Test func readsTheStartOfAFile() throws {
        let path = try file("start", Array("0123456789".utf8))
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        #expect(try BoundedFile.readPrefix(descriptor: descriptor, count: 4) == Array("0123".utf8))
        #expect(try BoundedFile.read(descriptor: descriptor, limit: 100) == Array("456789".utf8))
        #expect(try BoundedFile.readPrefix(descriptor: descriptor, count: 4) == [])
    }
}
