import ArgumentParser
import DirectCommands
import Enrichment
import Inventory
import Matching
import Reports
import Scoring

/// What to match against, what of it counts, and how it is shown.
struct MatchOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("An index file instead of the installation's.", valueName: "FILE")) var index: String?
    @Option(
        help: ArgumentHelp(
            "Feeds instead of the installation's index: a file or folder in any format that is read, or a built index; may be repeated.",
            valueName: "PATH"))
    var feed: [String] = []
    @Option(help: "table, json, sarif, cyclonedx, openvex, csv or html.") var format = ReportFormat.table
    @Option(help: ArgumentHelp("Show the evidence on one vulnerability instead, as a table or JSON.", valueName: "ID"))
    var explain: String?
    @Option(
        help: ArgumentHelp(
            "Exit with 1 when a package is affected by something at least that severe: low, medium, high or critical.",
            valueName: "LEVEL"))
    var failOn: Severity?
    @Flag(help: "Show only what an upgrade repairs.") var onlyFixed = false
    @Option(
        help: ArgumentHelp(
            "The kernel that runs where the packages are, as uname -r says it: other kernels' images are then told apart. A scan of a running machine asks it itself.",
            valueName: "RELEASE"))
    var runningKernel: String?
    @Option(
        help: ArgumentHelp(
            "A VEX document of yours (OpenVEX, CycloneDX or CSAF); what it says wins over the feeds. May be repeated.",
            valueName: "FILE"))
    var vex: [String] = []
    @Option(
        help: ArgumentHelp(
            "Findings to leave out, a line each: ID [pkg:PATTERN] [until=YYYY-MM-DD] [# reason]. May be repeated.",
            valueName: "FILE"))
    var ignore: [String] = []
    @Option(
        help: ArgumentHelp(
            "Rules of yours from applications to CPE names, over those that are built in. May be repeated.",
            valueName: "FILE"))
    var products: [String] = []
    @Option(help: ArgumentHelp("Lines of the table, at most.", valueName: "N")) var limit: Int?
    @Flag(help: "Show every line of the table, also of packages that have many.") var all = false

    func validate() throws {
        if index != nil && !feed.isEmpty { throw ValidationError("Give either --index or --feed.") }
        if let fault = request.fault { throw ValidationError(fault) }
    }

    /// What exit codes say, for the help.
    static let exitCodes = """
        Exit codes: 0 when all went well, 1 when --fail-on found something, 64 for wrong usage, 65 when something cannot be read.
        """

    /// What is asked for.
    var request: MatchRequest {
        var request = MatchRequest()
        request.index = index
        request.format = format
        request.explain = explain
        request.failOn = failOn
        request.onlyFixed = onlyFixed
        request.runningKernel = runningKernel
        request.vex = vex
        request.ignore = ignore
        request.products = products
        request.limit = limit
        request.all = all
        return request
    }

    /// Runs a match and ends as it ended.
    func run(
        _ body: (MatchRun, () throws -> MatchRun.OpenedIndex) throws(UsageError) -> Int32
    ) throws {
        let status = StatusLine()
        let code: Int32
        do throws(UsageError) {
            code = try body(MatchRun(request, status: status)) { try openIndex(status) }
        } catch {
            throw ValidationError(error.description)
        }
        if code != 0 { throw ExitCode(code) }
    }
}

extension MatchOptions {
    private func openIndex(_ status: StatusLine) throws -> MatchRun.OpenedIndex {
        if let path = index { return (try AdvisoryIndex(path: path), []) }
        if !feed.isEmpty {
            let opened = try IndexSource.open(paths: feed) { status.show($0) }
            status.clear()
            if let build = opened.build { Self.tell(build) }
            return (opened.index, opened.vex)
        }
        let folder = IndexFolder(path: data.folder.indexes)
        guard let digest = folder.currentDigest(), let index = try folder.open(digest: digest) else {
            throw NoAdvisoriesYet(folder: data.folder.path)
        }
        return (index, [])
    }

    /// What was not taken of the feeds, by name: nothing goes unsaid.
    private static func tell(_ build: IndexCompiler.Build) {
        for path in build.unknown {
            Terminal.warn(TerminalText.harmless("\(path): not a feed that is known; not read"))
        }
        for feed in build.feeds where feed.setAside > 0 {
            let first = build.issues[feed.id]?.first.map { ", first \($0.record): \($0.reason)" } ?? ""
            Terminal.warn(TerminalText.harmless("\(feed.id): \(feed.setAside) records were set aside\(first)"))
        }
    }
}

extension ReportFormat: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {
    /// Those that a finding can be at least of: "unknown" and "none" would be every one, and are not taken.
    public static var allValueStrings: [String] { [Severity.low, .medium, .high, .critical].map(\.rawValue) }
}
