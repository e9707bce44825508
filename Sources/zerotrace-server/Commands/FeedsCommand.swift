import ArgumentParser
import DirectCommands
import Enrichment
import Foundation
import Verdicts

/// The advisories this installation knows.
struct FeedsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds", abstract: "Fetch advisories, hand them on as signed bundles, and see how old they are.",
        subcommands: [
            Sync.self, Status.self, List.self, FeedsKeygenCommand.self, FeedsBundleCommand.self,
            FeedsImportCommand.self,
        ])

    struct Sync: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sync",
            abstract: "Bring the feeds up to date and compile them into the index.",
            discussion: """
                By default each feed's publisher is asked over HTTPS and, on a Debian-family host, the host's own package archive. \
                Where a publisher tells what changed (OSV, NVD), only that is fetched. A source that cannot be reached, or that \
                would withdraw more than 10 % of what it said, keeps its last good snapshot; the others go on, and the exit status is 1. \
                A server on the same data folder takes the new index by itself.
                """)
        @OptionGroup var data: DataOptions
        @OptionGroup var source: FeedSourceOptions
        @OptionGroup var limits: WithdrawalOptions
        @Option(
            name: .customLong("feed"),
            help: ArgumentHelp(
                "Only this feed or group of feeds (`feeds list` shows all); may be repeated. What was fetched once is kept up to date by every later sync.",
                valueName: "NAME"))
        var feeds: [String] = []
        @Option(
            help: ArgumentHelp(
                "File with the key for the NVD's API, which allows ten times more requests. Default: $NVD_API_KEY.",
                valueName: "FILE"))
        var nvdKeyFile: String?

        func run() async throws {
            var options = FeedSync.Options()
            options.feeds = feeds
            options.acceptedWithdrawals = Set(limits.acceptWithdrawals)
            options.nvdKey = try nvdKey()
            options.allowsRollback = limits.allowRollback
            let sync = FeedSync(
                data: data.folder, origin: try source.origin(), includesHostArchive: source.apt, options: options,
                progress: Terminal.progress)
            try FeedsCommand.show(try await sync.run())
        }

        private func nvdKey() throws -> String? {
            let text =
                try nvdKeyFile.map { try String(contentsOfFile: $0, encoding: .utf8) }
                ?? ProcessInfo.processInfo.environment["NVD_API_KEY"]
            guard let key = text?.trimmingCharacters(in: .whitespacesAndNewlines), !key.isEmpty else { return nil }
            guard key.wholeMatch(of: /[A-Za-z0-9-]{8,128}/) != nil else {
                throw ValidationError("The key for the NVD's API is letters, digits and hyphens.")
            }
            return key
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show each feed's records, age and last error.")
        @OptionGroup var data: DataOptions

        func run() async throws {
            let status = try FeedSync.status(data: data.folder)
            Terminal.write(FeedTable.render(status.feeds, now: Date()))
            print("index \(status.indexDigest ?? "none")")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the feeds that publishers can be asked for.",
            discussion: "Those marked * are fetched by a plain sync; the others once they were asked for with --feed.")

        func run() {
            for file in FeedCatalogue.files { print("\(file.isDefault ? "*" : " ") \(file.feed)") }
        }
    }

    /// Shows how a sync or an import ended; a failure when there is no index, or not the one of the new snapshots, or any feed failed.
    static func show(_ report: FeedSync.Report) throws {
        Terminal.write(FeedTable.render(report.feeds, now: Date()))
        print("index \(report.indexDigest ?? "none")\(report.changed ? "" : ", unchanged")")
        if let error = report.compileError {
            Terminal.warn("\(error); the index in use stays, and the next sync fetches that feed again")
        }
        if !report.failed.isEmpty { Terminal.warn(failures(report)) }
        if report.indexDigest == nil || report.compileError != nil || !report.failed.isEmpty { throw ExitCode(1) }
    }

    /// The last line of a failed sync, which is the one that a server's log keeps.
    private static func failures(_ report: FeedSync.Report) -> String {
        let shown = 5
        let names = report.failed.prefix(shown).joined(separator: ", ")
        let more = report.failed.count > shown ? ", …" : ""
        return
            "\(report.failed.count) of \(report.feeds.count) feeds failed: \(names)\(more); what was held of them stays"
    }
}

/// Where advisories come from.
struct FeedSourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask this mirror and not the publishers: a folder or an HTTP base URL.", valueName: "DIR|URL"))
    var mirror: String?
    @Option(
        help: ArgumentHelp(
            "The mirror has signed bundles; take those that this public key, or the one in this file, has signed. May be repeated.",
            valueName: "KEY"))
    var trust: [String] = []
    @Flag(inversion: .prefixedNo, help: "Ask this Debian-family host's package archive for pending updates.")
    var apt = true

    func validate() throws {
        if !trust.isEmpty && mirror == nil { throw ValidationError("--trust goes with --mirror.") }
    }

    func origin() throws -> FeedSync.Origin {
        guard let mirror else { return .publishers }
        return trust.isEmpty ? .mirror(mirror) : .bundles(mirror, trust: try trust.map { try BundleKey($0) })
    }

    /// The same options as arguments of another process.
    var arguments: [String] {
        (mirror.map { ["--mirror", $0] } ?? []) + trust.flatMap { ["--trust", $0] } + (apt ? [] : ["--no-apt"])
    }
}

/// What is let through that would be refused.
struct WithdrawalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take this feed's new snapshot though it withdraws more than 10 % of its records; may be repeated.",
            valueName: "FEED"))
    var acceptWithdrawals: [String] = []
    @Flag(help: "Take a bundle that is older than the one imported last.") var allowRollback = false
}
