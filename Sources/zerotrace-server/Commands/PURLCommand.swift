import ArgumentParser
import DirectCommands

/// Package URLs, taken apart and put together.
struct PURLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purl", abstract: "Take package URLs apart, or put them together.",
        subcommands: [Parse.self, Format.self])

    struct Parse: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "parse", abstract: "Read one package URL a line, write one JSON object a line.",
            discussion: """
                The object has exactly the members type, namespace, name, version, qualifiers and subpath, decoded and in canonical \
                form; what is absent is null. A line that is no package URL gives {"error":"…"}. The exit code is 0 in both cases.
                """)

        func run() throws {
            try LineCommands.parsePackageURLs()
        }
    }

    struct Format: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "format", abstract: "Read one JSON object a line, write one canonical package URL a line.",
            discussion: """
                The object is as `purl parse` writes it; members may be missing. A line that describes no package URL gives \
                {"error":"…"}. The exit code is 0 in both cases.
                """)

        func run() throws {
            try LineCommands.formatPackageURLs()
        }
    }
}
