import Foundation
import Inventory
import PackageIdentity
import SQLiteStore
@_spi(Minting) import Stores
import Testing

/// A process that writes is killed at an arbitrary moment: what it had acknowledged is there, nothing is there by half.
@Suite("SQLite store, killed")
struct KillTests {
    @Test("nothing acknowledged is lost and every counter is right", arguments: [3, 17, 40])
    func killed(after acknowledgements: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zerotrace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store.sqlite").path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, acknowledgements = acknowledgements as Int] in
            try await Self.write(path, killAfter: acknowledgements)
        }
        let store = try SQLiteStore(path: path)
        #expect(try await store.verify() == [])
        for line in try String(contentsOfFile: path + ".log", encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            let (company, agent) = (CompanyID(String(words[0])), AgentID(String(words[1])))
            guard let company, let agent, let event = Int64(words[2]) else {
                Issue.record("unreadable log line \(line)")
                continue
            }
            let scope = CompanyScope(companyID: company)
            let found = try await store.fetchEvents(scope: scope, after: EventID(rawValue: event - 1), limit: 1).first
            guard case .inventoryApplied(let change) = found?.kind else {
                Issue.record("event \(event) is lost")
                continue
            }
            #expect(found?.id.rawValue == event)
            #expect(change.agent == agent)
        }
        try store.close()
    }

    /// Four agents change their inventories at once; each change is logged when the store has acknowledged it.
    private static func write(_ path: String, killAfter limit: Int) async throws {
        let store = try SQLiteStore(path: path)
        guard FileManager.default.createFile(atPath: path + ".log", contents: nil),
            let log = FileHandle(forWritingAtPath: path + ".log")
        else { return }
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in UInt8(1)...4 {
                guard let (scope, agent) = try await Scenario.enroll(store, company: "c\(key)", key: key) else {
                    return
                }
                group.addTask {
                    for round in 0..<1000 {
                        let event = try await Scenario.change(store, scope, agent, round: round)
                        log.write(Data("\(scope.companyID) \(agent) \(event?.id.rawValue ?? 0)\n".utf8))
                        if await counter.next() == limit { kill(getpid(), SIGKILL) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private actor Counter {
        private var count = 0
        func next() -> Int {
            count += 1
            return count
        }
    }
}
