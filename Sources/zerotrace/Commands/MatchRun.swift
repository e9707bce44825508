import Advisories
import ArgumentParser
import BoundedInput
import Enrichment
import Inventory
import Matching
import PackageIdentity
import ProductIdentity
import Reports

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One match from its inputs to its output.
struct MatchRun {
    let options: MatchOptions
    private let status = StatusLine()

    /// Lines of one package in the table, unless all are asked for.
    private static let linesPerPackage = 4

    init(options: MatchOptions) { self.options = options }

    /// Does the match; what cannot be read ends it with the exit code 65.
    ///
    /// - Parameter read: Reads what is to be matched: packages, each once, and the names of the documents they come from.
    func run(_ read: () throws -> (packages: [ReportedPackage], documents: [String])) throws {
        do {
            let input = try read()
            let opened = try openIndex()
            let policy = try readPolicy(vexAmongFeeds: opened.vex)
            try show(input.packages, documents: input.documents, index: opened.index, policy: policy)
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch {
            status.clear()
            Terminal.warn(TerminalText.harmless("Error: \(error)"))
            throw ExitCode(65)
        }
    }

    // MARK: - Inputs

    private func openIndex() throws -> (index: AdvisoryIndex, vex: [String]) {
        if let path = options.index { return (try AdvisoryIndex(path: path), []) }
        if !options.feed.isEmpty {
            let opened = try IndexSource.open(paths: options.feed) { [status] in status.show($0) }
            status.clear()
            if let build = opened.build { Self.tell(build) }
            return (opened.index, opened.vex)
        }
        let folder = IndexFolder(path: options.data.folder.indexes)
        guard let digest = folder.currentDigest(), let index = try folder.open(digest: digest) else {
            throw ValidationError(
                "There are no advisories in \(options.data.folder.path) yet. Run `zerotrace feeds sync` first, or name --feed or --index."
            )
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

    private func readPolicy(vexAmongFeeds: [String]) throws -> MatchPolicy {
        let documents = try (vexAmongFeeds + options.vex).map { path in
            try Self.naming(path) {
                (file: path, document: try VEXDocument.read(InputFile.read(path, limit: VEXDocument.maximumBytes)))
            }
        }
        var rules: [IgnoreRule] = []
        let today = ReportContext.date(ofTime: Int64(time(nil)))
        for path in options.ignore {
            let read = try Self.naming(path) {
                try IgnoreRule.read(InputFile.read(path, limit: 16 << 20), today: today)
            }
            rules += read.rules
            for rule in read.expired {
                Terminal.warn(TerminalText.harmless("\(path): expired, not applied: \(rule.text)"))
            }
        }
        let products = try readProductRules()
        return MatchPolicy(vex: VEXOverlay(documents), ignore: rules, onlyFixed: options.onlyFixed) { subject in
            let installed = InstalledProduct(
                package: subject.purl == nil ? nil : subject.package, cpes: subject.cpes, name: subject.package.name,
                version: subject.package.version, publisher: subject.publisher)
            return products().candidates(for: installed).map {
                ProductName(cpe: $0.cpe, isDerived: $0.certainty == .presumed)
            }
        }
    }

    /// The rules of the user's over those that are built in; the latter are only read when something asks for them.
    private func readProductRules() throws -> @Sendable () -> ProductRules {
        guard !options.products.isEmpty else { return { .builtIn } }
        var rules = ProductRules.builtIn
        for path in options.products {
            rules = rules.overridden(
                by: try Self.naming(path) {
                    try ProductRules(json: InputFile.read(path, limit: ProductRules.maximumBytes))
                })
        }
        let all = rules
        return { all }
    }

    /// Puts the file's name before what is wrong with it.
    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileReadError {
            throw error
        } catch {
            throw InputError(description: "\(path): \(error)")
        }
    }

    // MARK: - Output

    private func show(
        _ packages: [ReportedPackage], documents: [String], index: AdvisoryIndex, policy: MatchPolicy
    ) throws {
        if let id = options.explain { return try explain(id, packages, index, policy) }
        let report = try MatchReport(packages: packages, documents: documents, index: index, policy: policy) {
            status.show("matching", done: $0, of: packages.count)
        }
        status.clear()
        // Never freed: the process ends with the report, and taking ten thousand rows apart one by one would be for nothing.
        _ = Unmanaged.passRetained(KeptReport(report))
        let output = Terminal.output()
        write(report, to: output)
        try output.flush()
        if let level = options.failOn, report.reaches(level) { throw ExitCode(1) }
    }

    private func write(_ report: MatchReport, to output: ByteOutput) {
        let stamp = getenv("SOURCE_DATE_EPOCH").flatMap { Int64(String(cString: $0)) } ?? Int64(time(nil))
        let context = ReportContext(toolVersion: zeroTraceVersion, timestamp: stamp)
        switch options.format {
        case .table:
            output.append(
                report.table(
                    color: Terminal.showsColor, limit: options.limit,
                    perPackage: options.all ? nil : Self.linesPerPackage))
        case .json: report.writeJSON(to: output)
        case .sarif: report.writeSARIF(to: output, context: context)
        case .cyclonedx: report.writeCycloneDX(to: output, context: context)
        case .openvex: report.writeOpenVEX(to: output, context: context)
        case .csv: report.writeCSV(to: output)
        case .html: report.writeHTML(to: output, context: context)
        }
    }

    /// Explains the vulnerability for each package that any advisory of it, or the user, speaks of.
    private func explain(
        _ id: String, _ packages: [ReportedPackage], _ index: AdvisoryIndex, _ policy: MatchPolicy
    ) throws {
        let explained = packages.flatMap {
            ExplainedPackage.explain($0, vulnerability: id, index: index, policy: policy)
        }.filter(\.isSpokenOf)
        let output = Terminal.output()
        if options.format == .json {
            ExplainedPackage.writeJSON(explained, to: output)
        } else if explained.isEmpty {
            output.append(
                TerminalText.harmless("No advisory of \(id) speaks of any of these \(packages.count) packages.") + "\n")
        } else {
            for (number, item) in explained.enumerated() {
                if number > 0 { output.append(UInt8(ascii: "\n")) }
                output.append(item.text())
            }
        }
        try output.flush()
    }
}

/// A report that lives as long as the process.
private final class KeptReport {
    let report: MatchReport
    init(_ report: MatchReport) { self.report = report }
}

/// What is wrong with an input, with its name.
struct InputError: Error, CustomStringConvertible {
    let description: String
}
