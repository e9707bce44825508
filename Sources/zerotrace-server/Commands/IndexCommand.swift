import Advisories
import ArgumentParser
import DirectCommands
import Enrichment
import Foundation
import Inventory
import Matching

/// The compiled advisory index as a file.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Build and inspect advisory index files.",
        subcommands: [Build.self, Info.self])

    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build", abstract: "Compile feed files into one index file.",
            discussion: """
                Records that cannot be used are set aside by name and counted; a file that is cut short ends the build. A user's own \
                VEX documents are no part of an index: `match --vex` takes them.

                What was read is kept in the user's cache folder, so that the next build of the same file reads only what changed and takes \
                over the rest. The index has the same bytes with it and without.
                """)
        @Option(
            help: ArgumentHelp(
                "A feed, file or folder, in any format that is read; may be repeated.", valueName: "PATH"))
        var feed: [String]
        @Option(help: ArgumentHelp("Where to write the index.", valueName: "FILE")) var output: String
        @Option(help: ArgumentHelp("A folder to keep what was read in, instead.", valueName: "DIR")) var cache: String?
        @Flag(help: "Keep nothing for the next build, and use nothing of the last.") var noCache = false

        func validate() throws {
            if noCache && cache != nil { throw ValidationError("Give either --cache or --no-cache.") }
        }

        func run() throws {
            let standard = BuildCache.standard(output: output, environment: ProcessInfo.processInfo.environment)
            let build = try IndexCompiler.build(
                feeds: feed, output: output, cache: noCache ? nil : cache ?? standard, progress: Terminal.progress)
            if !noCache, cache == nil, let standard { BuildCache.removeOld(beside: standard) }
            for line in BuildNotes(build).lines { Terminal.warn(TerminalText.harmless(line)) }
            let summary = build.summary
            print("index \(summary.digest)")
            print(
                "\(summary.vulnerabilities) vulnerabilities, \(summary.advisories) advisories, \(summary.names) package names, \(summary.fileSize) bytes"
            )
            if let names = build.changedNames { print("\(names.count) names changed since the index before") }
        }
    }

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Say what an index was made of, and check it whole.")
        @Argument(help: "The index file.") var file: String

        func run() throws {
            let index = try AdvisoryIndex(path: file)
            try index.verify()
            print("index \(index.digest)")
            print(
                "\(index.vulnerabilityCount) vulnerabilities, \(index.advisoryCount) advisories, \(index.nameCount) package names, \(index.fileSize) bytes"
            )
            for feed in index.feeds {
                var line = "\(TerminalText.harmless("\(feed.id)"))\t\(feed.records) records\t\(feed.setAside) set aside"
                if let date = feed.snapshotDate {
                    line += "\t" + Date(timeIntervalSince1970: Double(date)).ISO8601Format()
                }
                print(line)
            }
        }
    }
}

/// What a person must know of a build beside its result: what was left out of it.
struct BuildNotes {
    private let build: IndexCompiler.Build

    /// Names told of each kind.
    private static let nameLimit = 5

    init(_ build: IndexCompiler.Build) { self.build = build }

    /// One line for each feed that holds nothing, or had records set aside, the first of them by name; then files that were left alone.
    var lines: [String] {
        var lines: [String] = []
        for feed in build.feeds where feed.records == 0 {
            lines.append("\(feed.id): holds no records, and is left out")
        }
        for feed in build.feeds where feed.setAside > 0 {
            lines.append("\(feed.id): \(feed.setAside) set aside, \(feed.records) taken")
            let issues = build.issues[feed.id] ?? []
            lines += issues.prefix(Self.nameLimit).map { "  \($0.record): \($0.reason)" }
        }
        lines += named("no feed of a known kind", build.unknown)
        lines += named("a user's VEX, not part of an index", build.vex)
        return lines
    }

    private func named(_ what: String, _ paths: [String]) -> [String] {
        guard !paths.isEmpty else { return [] }
        let more = paths.count > Self.nameLimit ? " and \(paths.count - Self.nameLimit) more" : ""
        return ["\(what): " + paths.prefix(Self.nameLimit).joined(separator: ", ") + more]
    }
}
