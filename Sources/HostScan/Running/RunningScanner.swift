import BoundedInput
import Glibc
import Inventory
import PackageIdentity

/// Finds out what of a host's packages is in use: what the kernel says of itself, its processes and its ports.
///
/// Reads `/proc` and what files belong to which package. Of a process it reads which program it is, which files it has mapped and open, which
/// service it belongs to and how long it runs; never its arguments, its environment or its memory. Processes with another root folder, as those of
/// containers, run other software and are left out.
public struct RunningScanner: Sendable {
    /// Seconds that a process has to run before its packages count as in use: what comes and goes would make every report another one. What waits at
    /// a port, and what was started with the machine, counts at once.
    static let settlingSeconds = 600.0

    /// Most programs that are told apart.
    static let maximumPrograms = 4_096

    /// Lines of other sockets behind which no more that waits is looked for: the kernel names those that wait first, and a busy server has 100,000.
    private static let maximumOtherSockets = 1_024

    private let root: String
    private let processes: String
    private let isThisSystem: Bool
    private var owners = PackageOwners()

    /// One for a root, as for `HostScanner`.
    public init(root: String = "/") {
        self.init(root: root, processes: "/proc", isThisSystem: false)
    }

    /// One that finds processes elsewhere.
    ///
    /// - Parameters:
    ///   - processes: A folder like `/proc`.
    ///   - isThisSystem: Whether it is known that these are the processes of that root.
    package init(root: String, processes: String, isThisSystem: Bool) {
        self.root = root
        self.processes = processes
        self.isThisSystem = isThisSystem
    }

    /// Looks once. Works synchronously.
    ///
    /// - Parameters:
    ///   - report: What a scan of the same root found: it says which files belong to packages that no package manager of the system knows.
    ///   - isToGoOn: As for `HostScanner`.
    /// - Returns: `nil` when the root is not that of the running system.
    /// - Throws: `CancellationError` when it was told to end.
    public mutating func scan(
        beside report: ScanReport, isToGoOn: @escaping () -> Bool = { !Task.isCancelled }
    ) throws(CancellationError) -> RunningState? {
        let steps = ScanSteps(isToGoOn)
        guard let folder = try? RootFolder(path: root, steps: steps),
            isThisSystem || RunningSystem.isRunningRoot(folder), let proc = try? ProcessFolder(path: processes)
        else { return nil }
        var look = RunningLook(root: folder, proc: proc, places: Self.places(report))
        look.readSockets(maximumOthers: Self.maximumOtherSockets)
        look.readProcesses()
        let kernel = InstalledKernels(root: folder, proc: proc)
        let sought = look.soughtPaths.union(kernel.paths)
        let packages = owners.packages(of: sought, in: folder, report.host.os)
        if !steps.next() { throw CancellationError() }
        return RunningStateBuilder(look: look, packages: packages).state(kernel, folder)
    }

    /// Packages by the file in which they were found, of those that no package manager of the system knows.
    private static func places(_ report: ScanReport) -> [String: [String]] {
        var places: [String: [String]] = [:]
        for package in report.inventory.packages where PackageFormat(rawValue: package.type) == nil {
            for place in report.occurrences[package] ?? [] {
                // What is in an archive: "/srv/app.war!/WEB-INF/lib/a.jar".
                let file = place.firstRange(of: "!/").map { String(place[..<$0.lowerBound]) } ?? place
                places[file, default: []].append(package.description)
            }
        }
        return places
    }
}
