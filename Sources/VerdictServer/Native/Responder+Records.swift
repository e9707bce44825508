import Foundation
import JSONDocuments
import Matching
import NIOCore
import PackageIdentity
import Verdicts

/// What is asked seldom: through `JSONEncoder`, since nothing here is done by the thousand.
extension Responder {
    /// `GET /v1/vulnerabilities/{id}`: what all feeds together say of a vulnerability, by any of its ids.
    func vulnerability(_ id: Substring, _ bench: Workbench, _ index: AdvisoryIndex) throws(ServiceError) {
        guard let id = PercentDecoding.decode(id) else { throw .invalid("The id is not percent-encoded UTF-8.") }
        guard let record = index.vulnerability(id) else { throw .notFound("No feed speaks of \(id).") }
        bench.writer.vulnerability(record)
    }

    /// `POST /v1/explanation`: why a package is, or is not, reported for a vulnerability.
    func explanation(_ request: ServerRequest, _ bench: Workbench, _ index: AdvisoryIndex) throws(ServiceError) {
        let document = try bench.object(request.body)
        guard let text = try document.text("package"), let id = try document.text("vulnerability") else {
            throw .invalid("\"package\" and \"vulnerability\" are needed.")
        }
        guard let package = try? PackageURL(text) else { throw .invalid("\"package\" is no package URL.") }
        try write(index.explain(package, vulnerability: id), bench)
    }

    /// `GET /v1/changes?since=DIGEST`: what the index in use answers differently from an older one.
    func changes(_ request: ServerRequest, _ bench: Workbench, _ index: AdvisoryIndex) throws(ServiceError) {
        // An older index that is gone or damaged cannot be compared with; then everything is to be matched again.
        let older = request.parameter("since").flatMap { try? services.indexes.index(digest: $0) }
        let writer = bench.writer
        writer.raw("{\"index\":")
        writer.string(index.digest)
        guard let older else { return writer.raw(",\"names\":null,\"vulnerabilities\":[]}") }
        writer.raw(",\"names\":[")
        var isFirst = true
        for name in index.changedNames(since: older) {
            writer.separator(&isFirst)
            writer.raw("{\"scope\":")
            writer.string(name.scope)
            writer.raw(",\"name\":")
            writer.string(name.name)
            writer.raw("}")
        }
        writer.raw("],\"vulnerabilities\":[")
        isFirst = true
        for id in index.changedVulnerabilities(since: older) {
            guard let record = index.vulnerability(id) else { continue }
            writer.separator(&isFirst)
            writer.vulnerability(record)
        }
        writer.raw("]}")
    }

    /// `GET /v1/status`: the index in use and its feeds; also when there is none yet.
    func status() throws(ServiceError) -> ServerReply {
        let index = services.indexes.index
        let status = AdvisoryStatus(
            indexDigest: index?.digest, vulnerabilities: index?.vulnerabilityCount ?? 0, feeds: services.feeds())
        return try benches.withWorkbench { bench throws(ServiceError) -> ServerReply in
            try write(status, bench)
            return ServerReply(body: bench.writer.buffer())
        }
    }

    private func write(_ value: some Encodable, _ bench: Workbench) throws(ServiceError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { throw .damagedIndex }
        data.withUnsafeBytes { bench.writer.raw($0) }
    }
}
