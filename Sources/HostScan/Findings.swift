import Inventory
import PackageIdentity

/// What the collectors have found so far.
struct Findings {
    /// Most packages that are kept; the rest is one warning.
    static let maximumPackages = 200_000

    /// Most warnings that are kept; the rest is counted in one more.
    static let maximumWarnings = 1_000

    /// Most places that are kept for one package.
    static let maximumPlaces = 100

    /// The host's facts; collectors of packages read its operating system.
    var host = HostFacts()

    /// Files that belong to distribution packages.
    var ownedFiles = OwnedFiles()

    private(set) var places: [PackageURL: [String]] = [:]
    private var warnings: Set<ScanWarning> = []
    private var omittedWarnings = 0
    private var omittedPackages = 0

    /// Notes a package and where it was found.
    ///
    /// - Parameter make: Makes the package URL; an error of it becomes a warning.
    mutating func add(at path: String, _ make: () throws(PackageURLError) -> PackageURL) {
        let package: PackageURL
        do {
            package = try make()
        } catch {
            return warn(path, "no usable name: \(error)")
        }
        if let known = places[package] {
            if known.count < Self.maximumPlaces, !known.contains(path) { places[package]?.append(path) }
        } else if places.count < Self.maximumPackages {
            places[package] = [path]
        } else {
            omittedPackages += 1
        }
    }

    /// Takes the host's architecture from its packages when the kernel did not say it: the most frequent one.
    ///
    /// - Parameter counts: How many packages there are of each architecture, those that fit all not counted.
    mutating func noteArchitectures(_ counts: [String: Int]) {
        guard host.architecture.isEmpty else { return }
        let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        host.architecture = most?.key ?? ""
    }

    /// Notes what could not be read.
    mutating func warn(_ path: String, _ reason: String) {
        if warnings.count < Self.maximumWarnings {
            warnings.insert(ScanWarning(path: path, reason: reason))
        } else {
            omittedWarnings += 1
        }
    }

    /// Everything as a report, in an order that does not depend on the order of the scan.
    func report() -> ScanReport {
        var warnings = warnings.sorted { ($0.path, $0.reason) < ($1.path, $1.reason) }
        if omittedPackages > 0 {
            warnings.append(ScanWarning(path: "/", reason: "\(omittedPackages) more packages left out"))
        }
        if ownedFiles.omitted > 0 {
            let reason =
                "\(ownedFiles.omitted) more files of distribution packages left out: what they describe is reported twice"
            warnings.append(ScanWarning(path: "/", reason: reason))
        }
        if omittedWarnings > 0 {
            warnings.append(ScanWarning(path: "/", reason: "\(omittedWarnings) more warnings left out"))
        }
        return ScanReport(
            inventory: Inventory(places.keys), host: host, occurrences: places.mapValues { $0.sorted() },
            warnings: warnings)
    }
}
