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
            index: index, writer: bench.writer, describes: try document.flag("vulnerabilities"))
        answer.begin()
        for package in packages { try answer.add(package) }
        answer.end()
        metrics.matched(packages: packages.count, verdicts: answer.verdictCount)
    }
}

/// Writes `{"index":…,"results":[{"verdicts":[…]},…],"vulnerabilities":[…]}`.
struct VerdictsAnswer {
    private let index: AdvisoryIndex
    private let writer: UTF8Writer
    /// Whether the vulnerabilities named are described behind the results.
    private let describes: Bool
    private var named: Set<String> = []
    private var isFirst = true
    /// The scope last asked about, since packages of one host come in one or two scopes.
    private var lastScope: (text: String, isCovered: Bool)?
    /// Verdicts written.
    private(set) var verdictCount = 0

    init(index: AdvisoryIndex, writer: UTF8Writer, describes: Bool) {
        self.index = index
        self.writer = writer
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
        case .string: add(purl: package.string ?? "")
        case .object: try add(object: package)
        default: throw .invalid("A package is a package URL or an object.")
        }
    }

    private mutating func add(object: JSONValue) throws(ServiceError) {
        let purl = try object.text("purl")
        guard let scope = try object.text("scope") else {
            guard let purl else { throw .invalid("A package has a \"purl\", or \"scope\", \"name\" and \"version\".") }
            return add(purl: purl)
        }
        guard let name = try object.text("name"), let version = try object.text("version") else {
            throw .invalid("A package with a \"scope\" has a \"name\" and a \"version\".")
        }
        let package = purl.flatMap { try? PackageURL($0) }
        add(AdvisoryCoordinates(scope: scope, name: name, version: version), package)
    }

    private mutating func add(purl text: String) {
        do throws(PackageURLError) {
            let package = try PackageURL(text)
            guard let coordinates = package.advisoryCoordinates else { return writer.raw("{\"covered\":false}") }
            add(coordinates, package)
        } catch {
            // One broken name never costs the batch; the result says so in its place.
            writer.raw("{\"error\":")
            writer.string("\(error)")
            writer.raw("}")
        }
    }

    private mutating func add(_ coordinates: AdvisoryCoordinates, _ package: PackageURL?) {
        let verdicts = index.verdicts(at: coordinates, purl: package)
        guard !verdicts.isEmpty else { return writer.raw(isCovered(coordinates.scope) ? "{}" : "{\"covered\":false}") }
        writer.raw("{\"verdicts\":[")
        var isFirst = true
        for verdict in verdicts {
            writer.separator(&isFirst)
            writer.verdict(verdict)
            if describes { named.insert(verdict.vulnerability) }
        }
        writer.raw("]}")
        verdictCount += verdicts.count
    }

    /// Whether nothing found means something.
    private mutating func isCovered(_ scope: String) -> Bool {
        if let lastScope, lastScope.text == scope { return lastScope.isCovered }
        let isCovered = index.covers(scope: scope)
        lastScope = (scope, isCovered)
        return isCovered
    }

    mutating func end() {
        writer.raw("]")
        if describes {
            writer.raw(",\"vulnerabilities\":[")
            var isFirst = true
            for id in named.sorted() {
                guard let record = index.vulnerability(id) else { continue }
                writer.separator(&isFirst)
                writer.vulnerability(record)
            }
            writer.raw("]")
        }
        writer.raw("}")
    }
}
