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
    /// The scope last asked about, since packages of one host come in one or two scopes.
    private var lastScope: (text: String, isCovered: Bool)?
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
            _ = try index.match(coordinates, context: context, into: &found)
            return true
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
        try answer(scope: package.advisoryCoordinates?.scope) { (index, found) throws(IndexError) in
            try index.match(package, into: &found)
        }
    }

    /// Writes what is found for one package.
    ///
    /// - Parameters:
    ///   - scope: Where it is looked up; asked for only when nothing is found.
    ///   - find: Looks it up; `false` when there is nowhere to look.
    private mutating func answer(
        scope: @autoclosure () -> String?,
        _ find: (AdvisoryIndex, inout CompactVerdicts) throws(IndexError) -> Bool
    ) throws(ServiceError) {
        bench.found.removeAll()
        do throws(IndexError) {
            let isLookedUp = try find(index, &bench.found)
            if bench.found.records.isEmpty {
                return writer.raw(isLookedUp && isCovered(scope()) ? "{}" : "{\"covered\":false}")
            }
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
    private mutating func isCovered(_ scope: String?) -> Bool {
        guard let scope else { return false }
        if let lastScope, lastScope.text == scope { return lastScope.isCovered }
        let isCovered = index.covers(scope: scope)
        lastScope = (scope, isCovered)
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
