import Testing

@testable import Telemetry

@Suite struct ProcessMetricsTests {
    /// Fields 3 to 24 of proc(5), with a command's name that is as unkind as the kernel allows.
    private let stat =
        "4711 (a) b (c) S 1 4711 4711 0 -1 4194304 900 0 3 0 250 50 0 0 20 0 7 0 12345 104857600 2048 184467440737"

    @Test func `reads the kernel's figures`() {
        let numbers = ProcessMetrics.numbers(
            stat: stat, booted: ProcessMetrics.bootTime(systemStat: "cpu 1 2 3\nbtime 1700000000\nprocesses 9\n"),
            ticks: 100, pageSize: 4096)
        #expect(
            numbers == [
                "process_cpu_seconds_total": 3, "process_start_time_seconds": 1_700_000_123.45,
                "process_virtual_memory_bytes": 104_857_600, "process_resident_memory_bytes": 8_388_608,
            ])
    }

    @Test(arguments: ["", ")", "1 (x", "1 (x) S", "1 (x) a b c d e f g h i j k l m n o p q r s t u v w"])
    func `gives nothing from damaged text`(_ text: String) {
        #expect(ProcessMetrics.numbers(stat: text, booted: 1, ticks: 100, pageSize: 1).isEmpty)
    }

    @Test func `leaves out the start when the boot time is unknown`() {
        let numbers = ProcessMetrics.numbers(
            stat: stat, booted: ProcessMetrics.bootTime(systemStat: "btime x\n"), ticks: 100, pageSize: 1)
        #expect(numbers["process_start_time_seconds"] == nil)
        #expect(numbers.count == 3)
    }

    @Test func `needs a tick length`() {
        #expect(ProcessMetrics.numbers(stat: stat, booted: nil, ticks: 0, pageSize: 1).isEmpty)
    }

    #if os(Linux)
    @Test func `describes this process`() throws {
        let samples = ProcessMetrics().samples()
        #expect(samples.map(\.name) == ProcessMetrics.names)
        let memory = try #require(samples.first { $0.name == "process_resident_memory_bytes" })
        #expect(memory.value > 1_000_000)
        let files = try #require(samples.first { $0.name == "process_open_fds" })
        #expect(files.value >= 3)
    }
    #endif
}
