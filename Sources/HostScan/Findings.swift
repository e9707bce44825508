import Inventory
import PackageIdentity

/// What the collectors have found so far.
struct Findings {
    /// Most packages of either evidence that are kept; the rest is one warning.
    static let maximumPackages = 200_000

    /// Most warnings that are kept; the rest is counted in one more.
    static let maximumWarnings = 1_000

    /// Most bytes of packages and places together. A host of 20,000 packages has 3 MB of them.
    static let maximumBytes = 12 << 20

    /// Most bytes of warnings together.
    static let maximumWarningBytes = 2 << 20

    /// Most places that are kept for one package.
    static let maximumPlaces = 100

    /// The host's facts; collectors of packages read its operating system.
    var host = HostFacts()

    /// Files that belong to distribution packages.
    var ownedFiles = OwnedFiles()

    /// Takes down what is found, while it is there.
    var journal: Journal?

    /// Where installed packages were found.
    private(set) var places: [PackageURL: [String]] = [:]
    /// Which files declare packages, installed or not.
    private(set) var declarations: [PackageURL: [String]] = [:]
    private var warnings: Set<ScanWarning> = []
    private var bytes = 0
    private var warningBytes = 0
    private var omittedWarnings = 0
    private var omittedPackages = 0

    /// Notes a package and where it was found.
    ///
    /// - Parameters:
    ///   - evidence: Whether it is installed there, or only asked for.
    ///   - make: Makes the package URL; an error of it becomes a warning.
    mutating func add(
        _ evidence: PackageEvidence = .installed, at path: String, _ make: () throws(PackageURLError) -> PackageURL
    ) {
        let package: PackageURL
        do {
            package = try make()
        } catch {
            return warn(path, "no usable name: \(error)")
        }
        journal?.note(evidence, package, at: path)
        let added =
            switch evidence {
            case .installed: Self.note(package, at: path, in: &places, room: Self.maximumBytes - bytes)
            case .declared: Self.note(package, at: path, in: &declarations, room: Self.maximumBytes - bytes)
            }
        if let added { bytes += added } else { omittedPackages += 1 }
    }

    /// - Returns: How many bytes it takes; `nil` when there is no more room for the package.
    private static func note(
        _ package: PackageURL, at path: String, in places: inout [PackageURL: [String]], room: Int
    ) -> Int? {
        guard let known = places[package] else {
            let count = package.description.utf8.count + path.utf8.count
            guard places.count < maximumPackages, count <= room else { return nil }
            places[package] = [path]
            return count
        }
        // Whoever names a package twice in one file does so in a row.
        guard known.count < maximumPlaces, path.utf8.count <= room, known.last != path, !known.contains(path) else {
            return 0
        }
        places[package]?.append(path)
        return path.utf8.count
    }

    /// Takes the host's architecture from its packages when the kernel did not say it: the most frequent one.
    ///
    /// - Parameter counts: How many packages there are of each architecture, those that fit all not counted.
    mutating func noteArchitectures(_ counts: [String: Int]) {
        guard host.architecture.isEmpty else { return }
        let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        host.architecture = most?.key ?? ""
    }

    /// Reads something; an error becomes a warning.
    mutating func attempt(at path: String, _ body: (inout Findings) throws -> Void) {
        do { try body(&self) } catch { warn(path, "\(error)") }
    }

    /// Notes what could not be read.
    mutating func warn(_ path: String, _ reason: String) {
        journal?.note(warning: reason, at: path)
        let count = path.utf8.count + reason.utf8.count
        if warnings.count < Self.maximumWarnings, count <= Self.maximumWarningBytes - warningBytes {
            warningBytes += count
            warnings.insert(ScanWarning(path: path, reason: reason))
        } else {
            omittedWarnings += 1
        }
    }

    /// Whether nothing was left out for being too much. Short of the most bytes, places may have been.
    var isComplete: Bool {
        omittedPackages == 0 && omittedWarnings == 0 && ownedFiles.omitted == 0
            && bytes < Self.maximumBytes - (64 << 10)
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
        let occurrences = places.merging(declarations) { installed, _ in installed }
        return ScanReport(
            inventory: Inventory(places.keys), declared: declarations.keys, host: host,
            occurrences: occurrences.mapValues { $0.sorted() }, warnings: warnings)
    }
}
