import Advisories
import BoundedInput
import HostScan
import Inventory
import Matching
import PackageIdentity
import ProductIdentity
import Reports
import SBOM

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One match from its inputs to its output.
public struct MatchRun: Sendable {
    /// An index, and the user's own VEX documents that lay beside what it was made of.
    public typealias OpenedIndex = (index: AdvisoryIndex, vex: [String])

    private let request: MatchRequest
    private let status: StatusLine

    /// Lines of one package in the table, unless all are asked for.
    private static let linesPerPackage = 4
    /// Components of a bill that are named because they are no package.
    private static let warningsShown = 10

    /// Exit code when a finding is as severe as was asked.
    private static let found: Int32 = 1
    /// Exit code when there is nothing to match against; `EX_USAGE` of sysexits(3).
    private static let notReady: Int32 = 64
    /// Exit code when something cannot be read; `EX_DATAERR` of sysexits(3).
    private static let unreadable: Int32 = 65

    /// Makes a run.
    ///
    /// - Parameter status: Shows how far it is.
    public init(_ request: MatchRequest, status: StatusLine = StatusLine()) {
        self.request = request
        self.status = status
    }

    /// Matches bills of materials.
    ///
    /// - Parameters:
    ///   - bills: Their files; `-` for standard input.
    ///   - open: Opens the index.
    /// - Returns: The exit code: what cannot be read is told and gives 65.
    /// - Throws: ``UsageError`` of `open`.
    public func match(bills: [String], open: () throws -> OpenedIndex) throws(UsageError) -> Int32 {
        try run {
            var merged = MergedBills(count: bills.count)
            for path in bills {
                let contents = try Self.naming(path) {
                    try SBOMDocument.read(InputFile.read(path, limit: SBOMDocument.maximumBytes))
                }
                Self.tell(contents.warnings, of: path)
                merged.add(contents.components)
            }
            return Input(packages: merged.packages, documents: bills, opened: try open(), kernel: request.runningKernel)
        }
    }

    /// Names components that are no package with a version, whoever reads it: in a log nobody would miss them.
    private static func tell(_ warnings: [String], of path: String) {
        for warning in warnings.prefix(warningsShown) {
            Terminal.warn(TerminalText.harmless("\(path): not a package: \(warning)"))
        }
        guard warnings.count > warningsShown else { return }
        Terminal.warn(TerminalText.harmless("\(path): not a package: \(warnings.count - warningsShown) more"))
    }

    /// Matches a machine. The index is opened first: whoever has none yet learns so before a long scan.
    ///
    /// - Parameters:
    ///   - root: Its root folder.
    ///   - open: As for ``match(bills:open:)``.
    public func scan(root: String, open: () throws -> OpenedIndex) throws(UsageError) -> Int32 {
        try run {
            let opened = try open()
            let report = try HostScanner(root: root).scan(progress: Terminal.progress)
            for warning in report.warnings {
                Terminal.progress(TerminalText.harmless("\(warning.path): \(warning.reason)"))
            }
            var resolver = CoordinateResolver()
            return Input(
                packages: report.inventory.packages.map { ReportedPackage($0, resolver: &resolver) }, opened: opened,
                kernel: request.runningKernel ?? report.host.kernelRelease)
        }
    }

    /// What is matched, and against what.
    private struct Input {
        let packages: [ReportedPackage]
        /// The bills' files; empty for a machine.
        var documents: [String] = []
        let opened: OpenedIndex
        /// The release of the running kernel; `nil` when not known.
        let kernel: String?
    }

    private func run(_ read: () throws -> Input) throws(UsageError) -> Int32 {
        do {
            let input = try read()
            var policy = try readPolicy(vexAmongFeeds: input.opened.vex)
            policy.runningKernel = input.kernel
            return try show(input.packages, documents: input.documents, index: input.opened.index, policy: policy)
        } catch let error as UsageError {
            throw error
        } catch let error as NoAdvisoriesYet {
            Terminal.warn(TerminalText.harmless("Error: \(error)"))
            Terminal.warn(NoAdvisoriesYet.firstSteps)
            return Self.notReady
        } catch {
            status.clear()
            Terminal.warn(TerminalText.harmless("Error: \(error)"))
            return Self.unreadable
        }
    }

    // MARK: - Inputs

    private func readPolicy(vexAmongFeeds: [String]) throws -> MatchPolicy {
        let documents = try (vexAmongFeeds + request.vex).map { path in
            try Self.naming(path) {
                (file: path, document: try VEXDocument.read(InputFile.read(path, limit: VEXDocument.maximumBytes)))
            }
        }
        var rules: [IgnoreRule] = []
        let today = ReportContext.date(ofTime: Int64(time(nil)))
        for path in request.ignore {
            let read = try Self.naming(path) {
                try IgnoreRule.read(InputFile.read(path, limit: 16 << 20), today: today)
            }
            rules += read.rules
            for rule in read.expired {
                Terminal.warn(TerminalText.harmless("\(path): expired, not applied: \(rule.text)"))
            }
        }
        let products = try readProductRules()
        return MatchPolicy(vex: VEXOverlay(documents), ignore: rules, onlyFixed: request.onlyFixed) { subject in
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
        guard !request.products.isEmpty else { return { .builtIn } }
        var rules = ProductRules.builtIn
        for path in request.products {
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
    ) throws -> Int32 {
        if let id = request.explain {
            try explain(id, packages, index, policy)
            return 0
        }
        let report = try MatchReport(
            packages: packages, documents: documents, index: index, policy: policy,
            depth: depth
        ) {
            status.show("matching", done: $0, of: packages.count)
        }
        status.clear()
        // Never freed: the process ends with the report, and taking ten thousand rows apart one by one would be for nothing.
        _ = Unmanaged.passRetained(KeptReport(report, of: packages))
        try send(from: index) { write(report, to: $0) }
        if let level = request.failOn, report.reaches(level) { return Self.found }
        return 0
    }

    /// Writes to standard output what an index says, once it is whole and the index was met undamaged on the way.
    private func send(from index: AdvisoryIndex, _ write: (ByteOutput) -> Void) throws {
        let held = HeldOutput()
        let output = ByteOutput(drain: held.take)
        write(output)
        try output.flush()
        if let damage = index.damage { throw damage }
        try held.release()
    }

    /// What the format asks of the report.
    private var depth: MatchReport.Depth {
        switch request.format {
        case .cyclonedx: .whole
        case .json: .numbers
        case .table, .sarif, .openvex, .csv, .html: .brief
        }
    }

    private func write(_ report: MatchReport, to output: ByteOutput) {
        let stamp = getenv("SOURCE_DATE_EPOCH").flatMap { Int64(String(cString: $0)) } ?? Int64(time(nil))
        let context = ReportContext(toolVersion: zeroTraceVersion, timestamp: stamp)
        switch request.format {
        case .table:
            output.append(
                report.table(
                    color: Terminal.showsColor, limit: request.limit,
                    perPackage: request.all ? nil : Self.linesPerPackage))
        case .json: report.writeJSON(to: output)
        case .sarif: report.writeSARIF(to: output, context: context)
        case .cyclonedx: report.writeCycloneDX(to: output, context: context)
        case .openvex: report.writeOpenVEX(to: output, context: context)
        case .csv: report.writeCSV(to: output)
        case .html: report.writeHTML(to: output, context: context)
        }
    }

    /// Explains the vulnerability for each package: as JSON one by one; for people those that somebody speaks of, the others by their reasons.
    private func explain(
        _ id: String, _ packages: [ReportedPackage], _ index: AdvisoryIndex, _ policy: MatchPolicy
    ) throws {
        let explained = packages.flatMap {
            ExplainedPackage.explain($0, vulnerability: id, index: index, policy: policy)
        }
        try send(from: index) { output in
            if request.format == .json { return ExplainedPackage.writeJSON(explained, to: output) }
            output.append(ExplainedPackage.text(explained))
        }
    }
}

/// A report that lives as long as the process.
private final class KeptReport {
    let report: MatchReport
    let packages: [ReportedPackage]

    init(_ report: MatchReport, of packages: [ReportedPackage]) {
        self.report = report
        self.packages = packages
    }
}

/// What is wrong with an input, with its name.
struct InputError: Error, CustomStringConvertible {
    let description: String
}

/// What cannot be done as it was asked for, in words for the user.
public struct UsageError: Error, CustomStringConvertible {
    /// The words.
    public let description: String

    /// Makes one of its words.
    public init(_ description: String) { self.description = description }
}

/// Nothing was named to match against, and the installation has no index yet.
public struct NoAdvisoriesYet: Error, CustomStringConvertible {
    private let folder: String

    /// - Parameter folder: Where the installation keeps its data.
    public init(folder: String) { self.folder = folder }

    /// One line for people.
    public var description: String { "there are no advisories to match against: none lie in \(folder) yet" }

    /// What to do about it.
    static let firstSteps = """
        Do one of these first:
          zerotrace feeds sync                              fetches the publishers' feeds and compiles them there
          zerotrace index build --feed PATH --output FILE   compiles feed files that you have; then give --index FILE here
        or give --feed PATH here, which reads feed files, or a folder of them, this once.
        """
}
