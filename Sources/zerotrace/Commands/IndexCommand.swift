import ArgumentParser
import Enrichment
import Foundation
import Matching

/// The compiled advisory index as a file.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Build and inspect advisory index files.",
        subcommands: [Build.self, Info.self])

    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Compile feed files into one index file.")
        @Option(help: ArgumentHelp("A feed file, or a folder of them; may be repeated.", valueName: "PATH"))
        var feed: [String]
        @Option(help: ArgumentHelp("Where to write the index.", valueName: "FILE")) var output: String

        func run() throws {
            let summary = try IndexCompiler.build(feeds: feed, output: output, progress: Terminal.progress)
            print("index \(summary.digest)")
            print(
                "\(summary.vulnerabilities) vulnerabilities, \(summary.advisories) advisories, \(summary.names) package names, \(summary.fileSize) bytes"
            )
        }
    }

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what an index was made of, and check it whole.")
        @Argument(help: "The index file.") var file: String

        func run() throws {
            let index = try AdvisoryIndex(path: file)
            try index.verify()
            print("index \(index.digest)")
            print(
                "\(index.vulnerabilityCount) vulnerabilities, \(index.advisoryCount) advisories, \(index.nameCount) package names"
            )
            for feed in index.feeds { print("\(feed.id)\t\(feed.records) records\t\(feed.setAside) set aside") }
        }
    }
}
