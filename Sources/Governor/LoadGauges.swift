import BoundedInput
import Glibc

/// Reads the load where Linux tells it: `/proc` and `/sys`.
public struct LoadGauges: Sendable {
    /// Before `/proc` and `/sys`: empty for the running system.
    private let prefix: String

    /// Most power supplies, temperatures and limits of one that are looked at.
    private static let mostEntries = 64

    /// - Parameter prefix: A folder in which `proc` and `sys` lie, for tests.
    public init(prefix: String = "") {
        self.prefix = prefix
    }

    /// What changes from moment to moment: four small files, some 30 µs. Power and heat are left as they are.
    func update(_ reading: inout LoadReading) {
        (reading.loadAverage, reading.runnable) = Self.load(text("/proc/loadavg"))
        reading.processorPressure = Self.pressure(text("/proc/pressure/cpu"))
        reading.diskPressure = Self.pressure(text("/proc/pressure/io"))
        reading.memoryPressure = Self.pressure(text("/proc/pressure/memory"))
    }

    /// Power and heat, which firmware may take milliseconds to tell.
    func updateSlowly(_ reading: inout LoadReading) {
        reading.isOnBattery = isOnBattery()
        reading.isHot = entries("/sys/class/thermal").contains { $0.hasPrefix("thermal_zone") && isHot($0) }
    }

    /// "0.52 0.58 0.59 3/602 11206": averages over 1, 5 and 15 minutes, threads that are runnable of all (proc_loadavg(5)).
    static func load(_ text: String) -> (average: Double?, runnable: Int?) {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count >= 4 else { return (nil, nil) }
        return (
            number(fields[0]), fields[3].split(separator: "/").first.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        )
    }

    /// "some avg10=1.23 avg60=… total=…": percent of ten seconds in which some thread waited; `nil` without such a line.
    ///
    /// - Source: <https://docs.kernel.org/accounting/psi.html>
    static func pressure(_ text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix("some ") {
            for field in line.split(separator: " ") where field.hasPrefix("avg10=") {
                return number(field.dropFirst(6)).map { min($0, 100) / 100 }
            }
        }
        return nil
    }

    /// A number of no sign, finite.
    private static func number(_ text: Substring) -> Double? {
        Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    /// - Source: <https://docs.kernel.org/power/power_supply_class.html>
    private func isOnBattery() -> Bool {
        var isDischarging = false
        for name in entries("/sys/class/power_supply") {
            let folder = "/sys/class/power_supply/\(name)"
            switch word("\(folder)/type") {
            // Those of mice and keyboards feed nothing else.
            case "Battery" where word("\(folder)/scope") != "Device":
                isDischarging = isDischarging || word("\(folder)/status") == "Discharging"
            case "Mains" where word("\(folder)/online") == "1": return false
            default: break
            }
        }
        return isDischarging
    }

    /// Whether it is less than 5 °C below the first limit at which the system slows itself down or goes off.
    ///
    /// - Source: <https://docs.kernel.org/driver-api/thermal/sysfs-api.html>
    private func isHot(_ zone: String) -> Bool {
        let folder = "/sys/class/thermal/\(zone)"
        guard let temperature = Int(word("\(folder)/temp")) else { return false }
        let limits = (0..<Self.mostEntries).lazy
            .map {
                (kind: word("\(folder)/trip_point_\($0)_type"), limit: Int(word("\(folder)/trip_point_\($0)_temp")))
            }
            .prefix { !$0.kind.isEmpty }
            // "active" starts a fan, which is no hardship. A limit of 0 or less is one that the firmware never set.
            .compactMap { ["passive", "hot", "critical"].contains($0.kind) ? $0.limit : nil }
            .filter { $0 > 0 }
        return limits.min().map { temperature > $0 - 5_000 } ?? false
    }

    private func text(_ path: String) -> String {
        String(decoding: (try? BoundedFile.read(prefix + path, limit: 4096)) ?? [], as: UTF8.self)
    }

    private func word(_ path: String) -> String {
        text(path).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }

    private func entries(_ path: String) -> [String] {
        guard let folder = opendir(prefix + path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while names.count < Self.mostEntries, let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
