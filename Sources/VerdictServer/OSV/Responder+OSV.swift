import JSONDocuments
import Matching

/// The OSV.dev API, version 1: <https://google.github.io/osv.dev/api/>.
extension Responder {
    /// `POST /v1/query`: full records of the advisories that speak of a package version. Nothing found is `{}`, as proto3 has it.
    func query(_ request: ServerRequest, _ bench: Workbench, _ index: AdvisoryIndex) throws(ServiceError) {
        let query = try OSVQuery(try bench.object(request.body))
        let page = try OSVPage(query, index: index, indexes: services.indexes, limit: limits.pageResults)
        metrics.matched(packages: 1, verdicts: page.advisories.count)
        let writer = bench.writer
        guard !page.advisories.isEmpty else { return writer.raw("{}") }
        writer.raw("{\"vulns\":[")
        var isFirst = true
        var written = 0
        for advisory in page.advisories where written == 0 || writer.count < limits.pageBytes {
            guard let record = OSVRecord(advisory.id, in: page.index) else { throw .damagedIndex }
            writer.separator(&isFirst)
            writer.osv(record)
            written += 1
        }
        writer.raw("]")
        end(OSVPage(page, count: written), writer)
    }

    /// `POST /v1/querybatch`: ids alone, one result for each query, in their order, all from one index.
    func queryBatch(_ request: ServerRequest, _ bench: Workbench, _ index: AdvisoryIndex) throws(ServiceError) {
        let document = try bench.object(request.body)
        let queries = try document.elements("queries")
        guard queries?.count ?? 0 <= limits.queries else { throw .invalid("Too many queries.") }
        let writer = bench.writer
        writer.raw("{\"results\":[")
        var isFirst = true
        var found = 0
        if let queries {
            for value in queries {
                let query = try OSVQuery(value)
                let page = try OSVPage(query, index: index, indexes: services.indexes, limit: limits.pageResults)
                writer.separator(&isFirst)
                writeIDs(page, writer)
                found += page.advisories.count
            }
        }
        writer.raw("]}")
        metrics.matched(packages: queries?.count ?? 0, verdicts: found)
    }

    /// `GET /v1/vulns/{id}`: one full record.
    func advisory(_ id: Substring, _ bench: Workbench, _ index: AdvisoryIndex) throws(ServiceError) {
        guard let id = PercentDecoding.decode(id), let record = OSVRecord(id, in: index) else {
            throw .notFound("Bug not found.")
        }
        bench.writer.osv(record)
    }

    private func writeIDs(_ page: OSVPage, _ writer: UTF8Writer) {
        guard !page.advisories.isEmpty else { return writer.raw("{}") }
        writer.raw("{\"vulns\":[")
        var isFirst = true
        for advisory in page.advisories {
            writer.separator(&isFirst)
            writer.raw("{\"id\":")
            writer.string(advisory.id)
            writer.raw(",\"modified\":")
            writer.time(advisory.modified ?? 0)
            writer.raw("}")
        }
        writer.raw("]")
        end(page, writer)
    }

    private func end(_ page: OSVPage, _ writer: UTF8Writer) {
        if let token = page.nextToken {
            writer.raw(",\"next_page_token\":")
            writer.string(token)
        }
        writer.raw("}")
    }
}
