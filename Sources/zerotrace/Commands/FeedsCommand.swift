import ArgumentParser
import Enrichment
import Foundation
import Verdicts

/// The advisories this installation knows.
struct FeedsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds", abstract: "Fetch advisories and see how old they are.",
        subcommands: [Sync.self, Status.self])

    struct Sync: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the feeds up to date and compile them into the index.",
            discussion: """
                By default each feed's publisher is asked over HTTPS and, on a Debian-family host, the host's own package archive. \
                A source that cannot be reached keeps its last good snapshot. A server on the same data folder takes the new \
                index by itself.
                """)
        @OptionGroup var data: DataOptions
        @OptionGroup var source: FeedSourceOptions

        func run() async throws {
            let sync = FeedSync(
                data: data.folder, origin: source.origin, includesHostArchive: source.apt, progress: Terminal.progress)
            let report = try await sync.run()
            Terminal.write(FeedTable.render(report.feeds, now: Date()))
            print("index \(report.indexDigest ?? "none")\(report.changed ? "" : ", unchanged")")
            if report.indexDigest == nil { throw ExitCode(1) }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show each feed's records, age and last error.")
        @OptionGroup var data: DataOptions

        func run() async throws {
            let status = try FeedSync.status(data: data.folder)
            Terminal.write(FeedTable.render(status.feeds, now: Date()))
            print("index \(status.indexDigest ?? "none")")
        }
    }
}

/// Where advisories come from.
struct FeedSourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask this mirror and not the publishers: a folder or an HTTP base URL.", valueName: "DIR|URL"))
    var mirror: String?
    @Flag(inversion: .prefixedNo, help: "Ask this Debian-family host's package archive for pending updates.")
    var apt = true

    var origin: FeedSync.Origin { mirror.map(FeedSync.Origin.mirror) ?? .publishers }

    /// The same options as arguments of another process.
    var arguments: [String] { (mirror.map { ["--mirror", $0] } ?? []) + (apt ? [] : ["--no-apt"]) }
}
