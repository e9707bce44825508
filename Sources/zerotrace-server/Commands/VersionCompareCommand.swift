import ArgumentParser
import DirectCommands
import Versioning

/// Versions in the order of their ecosystem.
struct VersionCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version-compare", abstract: "Compare pairs of versions as their ecosystem does.",
        discussion: """
            Reads lines of two versions with a tab between them from standard input and prints a line for each: <, = or > as the first \
            stands to the second, or invalid when the ecosystem refuses one of them. The exit code is 0 in all cases.
            """)
    @Option(help: ArgumentHelp("One of \(Self.names).", valueName: "ECO")) var ecosystem: VersionOrdering

    private static let names = VersionOrdering.allCases.map(\.rawValue).sorted().joined(separator: ", ")

    func run() throws {
        try LineCommands.compareVersions(ecosystem)
    }
}

extension VersionOrdering: ExpressibleByArgument {}
