import Reports
import Versioning

/// The commands that answer each line of standard input with one of their own.
public enum LineCommands {
    /// Compares two versions a line.
    public static func compareVersions(_ ordering: VersionOrdering) throws {
        let output = Terminal.output()
        let lines = VersionComparisonLines(ordering: ordering, to: output)
        try LineFilter.run(output, answer: lines.compare, refuse: lines.refuse)
    }

    /// Takes a package URL a line apart.
    public static func parsePackageURLs() throws {
        let output = Terminal.output()
        let lines = PackageURLLines(to: output)
        try LineFilter.run(output, answer: lines.parse) { lines.refuse("the line is too long") }
    }

    /// Puts a package URL a line together.
    public static func formatPackageURLs() throws {
        let output = Terminal.output()
        let lines = PackageURLLines(to: output)
        try LineFilter.run(output, answer: lines.format) { lines.refuse("the line is too long") }
    }
}
