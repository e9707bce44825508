/// Names of units of systemd.
enum ServiceName {
    /// Most bytes of a unit's name (systemd.unit(5)).
    private static let maximumLength = 255

    /// The service that a process belongs to, by its control groups.
    ///
    /// Without its instance, which may be an address or the number of a user: "ssh@.service". Services of people and those that systemd-run made up
    /// have names that tell of who uses the machine, or are new each time, and are left out.
    ///
    /// - Parameter controlGroups: Text of `/proc/PID/cgroup`: "0::/system.slice/nginx.service".
    /// - Returns: `nil` for what belongs to no service of the system.
    static func find(in controlGroups: String) -> String? {
        for line in controlGroups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[0] == "0" || fields[1] == "name=systemd" else { continue }
            let parts = fields[2].split(separator: "/")
            if parts.contains("user.slice") { return nil }
            guard let unit = parts.last(where: { $0.hasSuffix(".service") }), unit.utf8.count <= maximumLength,
                !unit.hasPrefix("run-")
            else { continue }
            guard let mark = unit.firstIndex(of: "@") else { return String(unit) }
            return unit[...mark] + ".service"
        }
        return nil
    }
}
