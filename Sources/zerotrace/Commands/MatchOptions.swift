import ArgumentParser
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
        if let failOn, failOn < .low { throw ValidationError("--fail-on takes low, medium, high or critical.") }
        if explain != nil, format != .table, format != .json {
            throw ValidationError("--explain is shown as table or json.")
        }
        if let limit, limit < 0 { throw ValidationError("--limit takes a number from 0 on.") }
    }

    /// What exit codes say, for the help.
    static let exitCodes = """
        Exit codes: 0 when all went well, 1 when --fail-on found something, 64 for wrong usage, 65 when something cannot be read.
        """
}

extension ReportFormat: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}
