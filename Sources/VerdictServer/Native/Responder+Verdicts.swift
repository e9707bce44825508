import JSONDocuments
import Matching
import PackageIdentity

extension Responder {
    /// `POST /v1/verdicts`: verdicts for many packages, in their order, all from one index.
    func verdicts(
        _ request: ServerRequest, _ bench: Workbench, _ index: AdvisoryIndex
    ) throws(ServiceError) {
        let document = try bench.object(request.body)
        guard let packages = try document.elements("packages") else { throw .invalid("\"packages\" is missing.") }
        guard packages.count <= limits.packages else {
            throw .invalid("A request has at most \(limits.packages) packages.")
        }
        var answer = VerdictsAnswer(
            index: index, bench: bench, describes: try document.flag("vulnerabilities"))
        answer.begin()
        for package in packages { try answer.add(package) }
        try answer.end()
        metrics.matched(packages: packages.count, verdicts: answer.verdictCount)
    }
}

/// Writes `{"index":…,"results":[{"verdicts":[…]},…],"vulnerabilities":[…]}`.
struct VerdictsAnswer {
    private let index: AdvisoryIndex
    private let bench: Workbench
    private let writer: UTF8Writer
    /// Whether the vulnerabilities named are described behind the results.
    private let describes: Bool
    private var named: Set<UInt32> = []
    private var isFirst = true
    /// What packages say of their release, read once for all that say the same.
    private var resolver = CoordinateResolver()
    /// Whether the index covers the scopes asked about so far.
    private var coverage: [String: Bool] = [:]
    /// Verdicts written.
    private(set) var verdictCount = 0

    init(index: AdvisoryIndex, bench: Workbench, describes: Bool) {
        self.index = index
        self.bench = bench
        self.writer = bench.writer
        self.describes = describes
    }

    func begin() {
        writer.raw("{\"index\":")
        writer.string(index.digest)
        writer.raw(",\"results\":[")
    }

    /// Answers one package: a package URL, or an object.
    mutating func add(_ package: JSONValue) throws(ServiceError) {
        writer.separator(&isFirst)
        switch package.kind {
        case .string: try add(purl: package.string ?? "")
        case .object: try add(object: package)
        default: throw .invalid("A package is a package URL or an object.")
        }
    }

    private mutating func add(object: JSONValue) throws(ServiceError) {
        let purl = try object.text("purl")
        guard let scope = try object.text("scope") else {
            guard let purl else { throw .invalid("A package has a \"purl\", or \"scope\", \"name\" and \"version\".") }
            return try add(purl: purl)
        }
        guard let name = try object.text("name"), let version = try object.text("version") else {
            throw .invalid("A package with a \"scope\" has a \"name\" and a \"version\".")
        }
        let context = purl.flatMap { try? PackageURL($0) }.map { MatchContext(package: $0) } ?? MatchContext()
        let coordinates = AdvisoryCoordinates(
            scope: scope, name: AdvisoryNames.canonical(name, scope: scope), version: version)
        try answer(scope: scope) { (index, found) throws(IndexError) in
            try index.match(coordinates, context: context, into: &found)
        }
    }

    private mutating func add(purl text: String) throws(ServiceError) {
        let package: PackageURL
        do throws(PackageURLError) {
            package = try PackageURL(text)
        } catch {
            // One broken name never costs the batch; the result says so in its place.
            writer.raw("{\"error\":")
            writer.string("\(error)")
            return writer.raw("}")
        }
        guard let coordinates = resolver.coordinates(of: package) else { return writer.raw("{\"covered\":false}") }
        let context = MatchContext(package: package)
        try answer(scope: coordinates.scope) { (index, found) throws(IndexError) in
            if let source = package.sourceCoordinates {
                try index.match(coordinates, orSource: source, context: context, into: &found)
            } else {
                try index.match(coordinates, context: context, into: &found)
            }
        }
    }

    /// Writes what is found for one package.
    ///
    /// - Parameter find: Looks it up in its scope.
    private mutating func answer(
        scope: String, _ find: (AdvisoryIndex, inout CompactVerdicts) throws(IndexError) -> Void
    ) throws(ServiceError) {
        bench.found.removeAll()
        do throws(IndexError) {
            try find(index, &bench.found)
            if bench.found.records.isEmpty { return writer.raw(isCovered(scope) ? "{}" : "{\"covered\":false}") }
            try writeVerdicts()
        } catch {
            throw .damagedIndex
        }
    }

    private mutating func writeVerdicts() throws(IndexError) {
        writer.raw("{\"verdicts\":[")
        var isFirst = true
        for record in bench.found.records {
            writer.separator(&isFirst)
            try writer.verdict(record, of: index)
            if describes { named.insert(record.vulnerability) }
        }
        writer.raw("]}")
        verdictCount += bench.found.records.count
    }

    /// Whether nothing found means something.
    private mutating func isCovered(_ scope: String) -> Bool {
        if let known = coverage[scope] { return known }
        let isCovered = index.covers(scope: scope)
        coverage[scope] = isCovered
        return isCovered
    }

    func end() throws(ServiceError) {
        writer.raw("]")
        if describes { try describe() }
        writer.raw("}")
    }

    private func describe() throws(ServiceError) {
        writer.raw(",\"vulnerabilities\":[")
        var isFirst = true
        for number in named.sorted() {
            guard let id = try? index.vulnerabilityID(number: number), let record = index.vulnerability(id) else {
                throw .damagedIndex
            }
            writer.separator(&isFirst)
            writer.vulnerability(record)
        }
        writer.raw("]")
    }
}
