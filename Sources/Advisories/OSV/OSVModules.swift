import JSONDocuments
import Versioning

/// What OSV records leave unsaid about packages of RPM modules.
///
/// Modular packages of several streams share their names, so an update of `nodejs:18` must not be held against the packages of
/// `nodejs:20`. The converters of AlmaLinux, Rocky Linux and Red Hat name the stream in the summary only.
enum OSVModules {
    /// The stream that a summary names, `nodejs:18` of `Important: nodejs:18 security update`; `nil` when it names none or several.
    static func stream(inSummary summary: String) -> String? {
        var found: Substring?
        for word in summary.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let name = word.prefix { $0 != "/" }
            let halves = name.split(separator: ":", omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[1].isEmpty, let first = halves[0].utf8.first,
                (0x61...0x7A).contains(first) || (0x30...0x39).contains(first)
            else { continue }
            guard found == nil || found == name else { return nil }
            found = name
        }
        return found.map(String.init)
    }

    /// Whether a version is of a modular build: `18.19.1-1.module+el9.3.0+…`, AlmaLinux's `….module_el8.9.0+…`.
    static func isModular(_ package: AffectedPackage) -> Bool {
        package.ranges.contains { range in range.events.contains { fix(of: $0).map(isModular) ?? false } }
    }

    private static func isModular(_ version: String) -> Bool { base(version) != nil }

    private static func fix(of event: AffectedRange.Event) -> String? {
        if case .fixed(let version) = event { version } else { nil }
    }

    /// What stands before the mark of the module build.
    private static func base(_ version: String) -> Substring? {
        let bytes = version.utf8
        let mark = Array(".module".utf8)
        guard let dot = bytes.indices.first(where: { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }) else {
            return nil
        }
        return version[..<dot]
    }

    /// Leaves one of several builds of the same version and release.
    ///
    /// AlmaLinux lists a modular package once for each minor release that it was rebuilt for, `….module_el8.4.0+2224+b07ac28e` beside
    /// `….module_el8.5.0+85+79a7b441`. All of them hold the repair, so the lowest is the one that a host must have.
    static func withoutRebuilds(_ packages: [AffectedPackage]) -> [AffectedPackage] {
        struct Place: Hashable {
            let scope: String
            let name: String
            let base: Substring
        }
        var places: [Place: Int] = [:]
        var kept: [AffectedPackage] = []
        for package in packages {
            guard let version = onlyFix(of: package), let base = base(version) else {
                kept.append(package)
                continue
            }
            let place = Place(scope: package.scope, name: package.name, base: base)
            guard let known = places[place] else {
                places[place] = kept.count
                kept.append(package)
                continue
            }
            if let other = onlyFix(of: kept[known]), isLower(version, than: other) { kept[known] = package }
        }
        return kept
    }

    /// The version of a package whose one range is "everything before it".
    private static func onlyFix(of package: AffectedPackage) -> String? {
        guard package.ranges.count == 1, package.versions.isEmpty, package.ranges[0].events.count == 2,
            package.ranges[0].events[0] == .introduced("0")
        else { return nil }
        return fix(of: package.ranges[0].events[1])
    }

    private static func isLower(_ version: String, than other: String) -> Bool {
        guard let left = try? VersionOrdering.rpm.key(version, reading: .tolerant),
            let right = try? VersionOrdering.rpm.key(other, reading: .tolerant)
        else {
            return false
        }
        return left < right
    }
}
