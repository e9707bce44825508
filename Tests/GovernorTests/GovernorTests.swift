import Foundation
import Glibc
import Inventory
import Synchronization
import Testing

@testable import Governor

@Suite(.timeLimit(.minutes(2))) struct GovernorTests {
    /// Nice value and scheduling class of the calling thread (proc_pid_stat(5), fields 19 and 41).
    private static func priority() throws -> (nice: Int, policy: Int) {
        let text = try String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
        let fields = try #require(text.split(separator: ")").last).split(separator: " ")
        return (Int(fields[16]) ?? -99, Int(fields[38]) ?? -99)
    }

    @Test func theWorkIsLastInEveryQueueAndNobodyElseIs() async throws {
        let before = try Self.priority()
        let (work, cost) = try await Governor().run { _ in try Self.priority() }
        #expect(work.nice == 19 && [3, 5].contains(work.policy))
        #expect(cost.yields.contains("nice") && cost.yields.contains("io_idle"))
        #expect(work.policy != 5 || cost.yields.contains("sched_idle"))
        let after = try Self.priority()
        #expect(before == after)
    }

    @Test func atFullSpeedNothingIsAskedFor() async throws {
        let before = try Self.priority()
        let (work, cost) = try await Governor(rules: nil).run { isToGoOn in
            #expect(isToGoOn())
            return try Self.priority()
        }
        #expect(work == before && cost.yields == [] && cost.pausedSeconds == [:])
    }

    @Test func saysWhatTheWorkCost() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "cost-\(UUID().uuidString)")
        try Data(repeating: 1, count: 300_000).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (_, cost) = try await Governor(rules: nil).run { _ in
            let start = ThreadUsage.processorTime
            _ = try Data(contentsOf: file)
            while ThreadUsage.processorTime < start + 0.05 {}
        }
        #expect((0.05...0.5).contains(cost.cpuSeconds) && cost.wallSeconds >= cost.cpuSeconds - 0.001)
        #expect((300_000..<400_000).contains(try #require(cost.bytesRead)))
        #expect(try #require(cost.peakMemory) > 1 << 20)
        #expect(try #require(cost.waitedSeconds) >= 0)
    }

    @Test func underLoadTheWorkRestsAndSaysWhy() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hot-\(UUID().uuidString)")
        let zone = folder.appending(path: "sys/class/thermal/thermal_zone0")
        try FileManager.default.createDirectory(at: zone, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in ["temp": "99000", "trip_point_0_type": "passive", "trip_point_0_temp": "95000"] {
            try Data(text.utf8).write(to: zone.appending(path: name))
        }
        let governor = Governor(rules: PaceRules(budget: 0.2), gauges: LoadGauges(prefix: folder.path))
        let (_, cost) = try await governor.run { isToGoOn in
            let start = ThreadUsage.processorTime
            while ThreadUsage.processorTime < start + 0.05 { #expect(isToGoOn()) }
        }
        let share = cost.cpuSeconds / cost.wallSeconds
        // Where others leave it less than its budget, there is nothing to rest for.
        #expect(Set(cost.pausedSeconds.keys) == ["heat"] || (cost.pausedSeconds.isEmpty && share < 0.2), "\(cost)")
        #expect(share < 0.35, "\(cost)")
    }

    @Test func aCancelledTaskEndsTheWorkAlsoWhileItRests() async throws {
        let started = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await Governor(rules: nil).run { isToGoOn in
                started.continuation.yield()
                while isToGoOn() {}
                throw CancellationError()
            }
        }
        for await _ in started.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test func whatTheWorkThrowsIsThrown() async throws {
        await #expect(throws: POSIXError.self) { try await Governor().run { _ in throw POSIXError(.EIO) } }
    }

    @Test(arguments: [
        ("VmHWM:\t   26056 kB\n", 26056), ("Name:\ta\nVmHWM: 1 kB", 1), ("VmHWM:", nil), ("VmHWM: -1 kB", nil),
        ("VmHWM: 9223372036854775807 kB", nil), ("", nil),
    ])
    func readsNumbersOfStatus(text: String, number: Int?) {
        #expect(ThreadUsage.number(after: "VmHWM:", inText: text) == number)
    }
}

@Suite struct ControlGroupTests {
    /// A mount of control groups with one group in it.
    private func group(members: String, idle: String?, _ body: (String) throws -> Void) throws {
        let mount = FileManager.default.temporaryDirectory.appending(path: "cgroup-\(UUID().uuidString)")
        let folder = mount.appending(path: "system.slice/agent.service")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: mount) }
        try Data(members.utf8).write(to: folder.appending(path: "cgroup.procs"))
        if let idle { try Data(idle.utf8).write(to: folder.appending(path: "cpu.idle")) }
        try body(mount.path)
    }

    private static let membership = "1:name=systemd:/x\n0::/system.slice/agent.service\n"

    @Test func aGroupOfOnesOwnRunsIdleMeanwhile() throws {
        try group(members: "77\n", idle: "0\n") { mount in
            let group = try #require(ControlGroup(membership: Self.membership, mount: mount, process: 77))
            #expect(group.setIdle(true))
            let file = "\(mount)/system.slice/agent.service/cpu.idle"
            #expect(try String(contentsOfFile: file, encoding: .utf8).first == "1")
        }
    }

    @Test func whatAnAdministratorDecidedStays() throws {
        try group(members: "77\n", idle: "1\n") { mount in
            let group = try #require(ControlGroup(membership: Self.membership, mount: mount, process: 77))
            #expect(!group.setIdle(true))
        }
    }

    @Test func withoutTheControllerNothingIsGranted() throws {
        try group(members: "77\n", idle: nil) { mount in
            let group = try #require(ControlGroup(membership: Self.membership, mount: mount, process: 77))
            #expect(!group.setIdle(true))
        }
    }

    @Test(arguments: [
        ("77\n78\n", membership), ("78\n", membership), ("", membership), ("77\n", "0::/\n"), ("77\n", "4:memory:/a\n"),
        ("77\n", "0::/system.slice/../system.slice/agent.service\n"), ("77\n", ""),
    ])
    func aGroupThatOthersAreInIsLeftAlone(members: String, membership: String) throws {
        try group(members: members, idle: "0\n") { mount in
            #expect(ControlGroup(membership: membership, mount: mount, process: 77) == nil)
        }
    }
}
