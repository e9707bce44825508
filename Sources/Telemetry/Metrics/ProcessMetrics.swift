#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the kernel says of this process, under the names all Prometheus clients use.
///
/// - Source: <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics> and proc(5).
struct ProcessMetrics: Sendable {
    struct Sample: Sendable, Equatable {
        let name: String
        let type: String
        let help: String
        let value: Double
    }

    /// Every name ``samples()`` can give.
    static let names = [
        "process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes",
        "process_start_time_seconds", "process_virtual_memory_bytes",
    ]

    /// When the machine started, in seconds since the Unix epoch: read once, as it stays the same.
    private let booted: Double?

    init() {
        // Large, because the line before `btime` has a number for each interrupt source.
        booted = Self.bootTime(systemStat: Self.read("/proc/stat", limit: 1 << 20))
    }

    /// What can be read now; empty where there is no `/proc`.
    func samples() -> [Sample] {
        let numbers = Self.numbers(
            stat: Self.read("/proc/self/stat", limit: 4096), booted: booted, ticks: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
        var samples = numbers.map { sample($0.key, $0.value) }
        if let count = Self.openFiles() { samples.append(sample("process_open_fds", Double(count))) }
        return samples.sorted { $0.name < $1.name }
    }

    /// The line `btime` of `/proc/stat`.
    static func bootTime(systemStat: String) -> Double? {
        systemStat.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    /// The figures by name, from the text of `/proc/self/stat`; what is missing there is missing here.
    static func numbers(stat: String, booted: Double?, ticks: Double, pageSize: Double) -> [String: Double] {
        // The command's name, the second field, may hold spaces and parentheses: count from the last parenthesis.
        guard let end = stat.lastIndex(of: ")"), ticks > 0 else { return [:] }
        let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) }
        // Numbers as in proc(5), whose field 3 is the first one here.
        func field(_ number: Int) -> Double? { fields.indices.contains(number - 3) ? fields[number - 3] : nil }
        var numbers: [String: Double] = [:]
        if let user = field(14), let system = field(15) {
            numbers["process_cpu_seconds_total"] = (user + system) / ticks
        }
        if let start = field(22), let booted { numbers["process_start_time_seconds"] = booted + start / ticks }
        numbers["process_virtual_memory_bytes"] = field(23)
        numbers["process_resident_memory_bytes"] = field(24).map { $0 * pageSize }
        return numbers
    }

    private func sample(_ name: String, _ value: Double) -> Sample {
        let help =
            switch name {
            case "process_cpu_seconds_total": "User and system CPU time spent, in seconds."
            case "process_open_fds": "Number of open file descriptors."
            case "process_resident_memory_bytes": "Resident memory size in bytes."
            case "process_start_time_seconds": "Start time of the process since the Unix epoch, in seconds."
            default: "Virtual memory size in bytes."
            }
        return Sample(name: name, type: name.hasSuffix("_total") ? "counter" : "gauge", help: help, value: value)
    }

    /// The first bytes of a file of `/proc`, which tells no size beforehand; "" when it cannot be read.
    private static func read(_ path: String, limit: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < bytes.count {
            let count = bytes[filled...].withUnsafeMutableBytes { platformRead(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }

    /// The entries of `/proc/self/fd` without the one that reading it takes.
    private static func openFiles() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count - 1
    }
}

/// read(2), which the method of the same name hides.
private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
