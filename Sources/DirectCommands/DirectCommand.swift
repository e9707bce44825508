import Matching
import Reports
import Scoring
import Versioning

/// A command that needs nothing but its arguments, an index file and what is to be looked up.
public enum DirectCommand: Sendable, Equatable {
    /// `match`: bills of materials, by file.
    case match(MatchRequest, bills: [String])
    /// `scan`: a machine, by its root folder.
    case scan(MatchRequest, root: String)
    /// `version-compare`.
    case compareVersions(VersionOrdering)
    /// `purl parse`.
    case parsePackageURLs
    /// `purl format`.
    case formatPackageURLs
    /// `--version`.
    case version

    /// Reads a command line.
    ///
    /// - Parameter arguments: All but the program's name.
    /// - Returns: `nil` for every other command, for help and for wrong usage: the full parser must answer.
    public init?(_ arguments: [String]) {
        guard let command = try? Self.read(arguments) else { return nil }
        self = command
    }

    private static func read(_ arguments: [String]) throws(ArgumentList.Unclear) -> DirectCommand {
        guard let name = arguments.first else { throw ArgumentList.Unclear() }
        var list = ArgumentList(arguments.dropFirst())
        switch name {
        case "match": return try readMatch(&list)
        case "scan": return try readScan(&list)
        case "version-compare": return try readComparison(&list)
        case "purl" where arguments == ["purl", "parse"]: return .parsePackageURLs
        case "purl" where arguments == ["purl", "format"]: return .formatPackageURLs
        case "--version" where arguments.count == 1: return .version
        default: throw ArgumentList.Unclear()
        }
    }

    private static func readMatch(_ list: inout ArgumentList) throws(ArgumentList.Unclear) -> DirectCommand {
        var request = MatchRequest()
        var bills: [String] = []
        while let option = try list.nextOption() {
            if option == "--sbom" { bills.append(try list.value()) } else { try take(option, &list, &request) }
        }
        guard !bills.isEmpty, request.index != nil, request.fault == nil else { throw ArgumentList.Unclear() }
        return .match(request, bills: bills)
    }

    private static func readScan(_ list: inout ArgumentList) throws(ArgumentList.Unclear) -> DirectCommand {
        var request = MatchRequest()
        var root = "/"
        while let option = try list.nextOption() {
            if option == "--root" { root = try list.value() } else { try take(option, &list, &request) }
        }
        guard request.index != nil, request.fault == nil else { throw ArgumentList.Unclear() }
        return .scan(request, root: root)
    }

    private static func take(
        _ option: String, _ list: inout ArgumentList, _ request: inout MatchRequest
    ) throws(ArgumentList.Unclear) {
        switch option {
        case "--index": request.index = try list.value()
        case "--format": request.format = try list.value()
        case "--explain": request.explain = try list.value()
        case "--fail-on": request.failOn = try list.value()
        case "--only-fixed":
            try list.refuseValue()
            request.onlyFixed = true
        case "--running-kernel": request.runningKernel = try list.value()
        case "--vex": request.vex.append(try list.value())
        case "--ignore": request.ignore.append(try list.value())
        case "--products": request.products.append(try list.value())
        case "--all":
            try list.refuseValue()
            request.all = true
        default: throw ArgumentList.Unclear()
        }
    }

    private static func readComparison(_ list: inout ArgumentList) throws(ArgumentList.Unclear) -> DirectCommand {
        guard try list.nextOption() == "--ecosystem" else { throw ArgumentList.Unclear() }
        let ordering: VersionOrdering = try list.value()
        guard try list.nextOption() == nil else { throw ArgumentList.Unclear() }
        return .compareVersions(ordering)
    }
}

extension DirectCommand {
    /// Whether it holds many packages and findings at once.
    public var isMatch: Bool {
        switch self {
        case .match, .scan: true
        case .compareVersions, .parsePackageURLs, .formatPackageURLs, .version: false
        }
    }

    /// Does it.
    ///
    /// - Returns: The exit code.
    /// - Throws: What standard input or output fails with.
    public func run() throws -> Int32 {
        switch self {
        case .match(let request, let bills): return try MatchRun(request).match(bills: bills) { try Self.open(request) }
        case .scan(let request, let root): return try MatchRun(request).scan(root: root) { try Self.open(request) }
        case .compareVersions(let ordering): try LineCommands.compareVersions(ordering)
        case .parsePackageURLs: try LineCommands.parsePackageURLs()
        case .formatPackageURLs: try LineCommands.formatPackageURLs()
        case .version: Terminal.write(zeroTraceVersion + "\n")
        }
        return 0
    }

    private static func open(_ request: MatchRequest) throws -> MatchRun.OpenedIndex {
        guard let path = request.index else { throw UsageError("--index is missing.") }
        return (try AdvisoryIndex(path: path), [])
    }
}
