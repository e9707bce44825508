/// Gradle's lock file: `group:artifact:version=configurations`, one a line.
///
/// - Source: <https://docs.gradle.org/current/userguide/dependency_locking.html>
enum GradleLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        OutlineLine.lines(bytes).compactMap { line in
            let parts = line.text.prefix { $0 != "=" }.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            return DeclaredPackage("maven", "\(parts[0])/\(parts[1])", parts[2].trimmed)
        }
    }
}
