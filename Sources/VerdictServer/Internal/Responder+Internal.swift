import Matching
import NIOCore
import PackageIdentity
import Verdicts

/// What processors and gateways ask: everything that `VerdictService` and `AdvisoryChangeFeed` promise, as messages of `Verdicts`.
extension Responder {
    func internalReply(to request: ServerRequest, _ route: ServerRoute) throws(ServiceError) -> ServerReply {
        switch route {
        case .internalVerdicts: try verdicts(request)
        case .internalExplanation: try explanation(request)
        case .internalVulnerability: try vulnerability(request)
        case .internalChanges: try changesPage(request)
        case .internalStatus: message(present.message(), of: services.indexes.index?.digest)
        case .internalIndex: indexInUse()
        default: throw .notFound("Not Found")
        }
    }

    /// How long the answer may be held back; `nil` when it is due at once.
    func wait(for request: ServerRequest) -> IndexWait? {
        guard request.path == ServerRoute.internalIndex.rawValue, request.method == .GET,
            let seconds = request.parameter("wait").flatMap({ Int64($0) }), seconds > 0,
            let known = request.parameter("known"), settings.secret?.matches(request.authorization ?? "") ?? true
        else { return nil }
        let digest = known.isEmpty ? nil : known
        guard services.indexes.index?.digest == digest else { return nil }
        return IndexWait(known: digest, seconds: min(seconds, limits.watchSeconds))
    }

    /// `GET /v1/internal/index?known=DIGEST&wait=SECONDS`: the index in use, at once or as soon as it is another than the one known.
    private func indexInUse() -> ServerReply {
        let notice = services.indexes.index.map { IndexNotice(digest: $0.digest, builtAt: $0.builtAt) }
        return message(IndexNotice.message(notice, rules: MatchingRules.version), of: notice?.digest)
    }

    /// `POST /v1/internal/verdicts`: verdicts with the records of the vulnerabilities that they name.
    private func verdicts(_ request: ServerRequest) throws(ServiceError) -> ServerReply {
        let question = try read(request) { (bytes) throws(MessageError) in
            try VerdictQuestion(bytes, limit: limits.packages)
        }
        let index = try index(question.index)
        var packages: [PackageURL] = []
        packages.reserveCapacity(question.packages.count)
        for text in question.packages { packages.append(try package(text)) }
        let batch = VerdictBatch(of: packages, from: index)
        metrics.matched(packages: packages.count, verdicts: batch.verdicts.reduce(0) { $0 + $1.count })
        return message(batch.message(), of: index.digest)
    }

    /// `POST /v1/internal/explanation`.
    private func explanation(_ request: ServerRequest) throws(ServiceError) -> ServerReply {
        let question = try read(request) { (bytes) throws(MessageError) in try ExplanationQuestion(bytes) }
        let index = try index(question.index)
        let explanation = index.explain(try package(question.package), vulnerability: question.vulnerability)
        return message(explanation.message(), of: index.digest)
    }

    /// `POST /v1/internal/vulnerability`: what is not known is answered too, so that a path that an older service does not have never
    /// looks like it.
    private func vulnerability(_ request: ServerRequest) throws(ServiceError) -> ServerReply {
        let question = try read(request) { (bytes) throws(MessageError) in try VulnerabilityQuestion(bytes) }
        let index = try index(question.index)
        let answer = VulnerabilityAnswer(record: index.vulnerability(question.id), indexDigest: index.digest)
        return message(answer.message(), of: index.digest)
    }

    /// `POST /v1/internal/changes`: one page of what an index answers differently from an older one.
    private func changesPage(_ request: ServerRequest) throws(ServiceError) -> ServerReply {
        let question = try read(request) { (bytes) throws(MessageError) in try ChangesQuestion(bytes) }
        let index = try index(question.index)
        // An older index that is gone or damaged cannot be compared with.
        guard let older = try? services.indexes.index(digest: question.since) else {
            let page = ChangesPage(
                indexDigest: index.digest, isComparable: false, names: [], vulnerabilities: [], next: nil)
            return message(page.message(), of: index.digest)
        }
        let difference = differences.difference(of: index, since: older)
        let page = page(of: difference, from: question.start, index)
        if page.next == nil { differences.forget() }
        return message(page.message(), of: index.digest)
    }

    private func page(
        of difference: DifferenceHolder.Difference, from start: Int, _ index: AdvisoryIndex
    ) -> ChangesPage {
        let names = difference.names.dropFirst(start).prefix(limits.pageNames)
        var next = start + names.count
        var records: [VulnerabilityRecord] = []
        if next >= difference.names.count {
            var bytes = 0
            for id in difference.vulnerabilities.dropFirst(next - difference.names.count) {
                if bytes > limits.pageBytes { break }
                next += 1
                guard let record = index.vulnerability(id) else { continue }
                bytes += 256 + record.summary.utf8.count + record.details.utf8.count
                records.append(record)
            }
        }
        let isLast = next >= difference.names.count + difference.vulnerabilities.count
        return ChangesPage(
            indexDigest: index.digest, isComparable: true, names: Array(names), vulnerabilities: records,
            next: isLast ? nil : next)
    }

    private var present: AdvisoryStatus {
        let index = services.indexes.index
        return AdvisoryStatus(
            indexDigest: index?.digest, vulnerabilities: index?.vulnerabilityCount ?? 0, feeds: services.feeds())
    }

    private func read<Value>(
        _ request: ServerRequest, _ body: (UnsafeRawBufferPointer) throws(MessageError) -> Value
    ) throws(ServiceError) -> Value {
        do throws(MessageError) {
            return try request.body.withUnsafeReadableBytes { (bytes) throws(MessageError) in try body(bytes) }
        } catch {
            throw .invalid("The body is not what this path takes: \(error).")
        }
    }

    /// The index that is asked for, the present or one before it, or without a wish the one in use.
    private func index(_ digest: String?) throws(ServiceError) -> AdvisoryIndex {
        guard let present = services.indexes.index else { throw .noIndex }
        guard let digest, digest != present.digest else { return present }
        guard let held = try? services.indexes.index(digest: digest) else { throw .otherIndex }
        return held
    }

    private func package(_ text: String) throws(ServiceError) -> PackageURL {
        guard let package = try? PackageURL(text) else { throw .invalid("This is no package URL: \(text)") }
        return package
    }

    private func message(_ bytes: [UInt8], of digest: String?) -> ServerReply {
        var reply = ServerReply(body: ByteBuffer(bytes: bytes))
        reply.type = MessageFormat.mediaType
        if let digest { reply.headers.append(("ETag", "\"\(digest)\"")) }
        return reply
    }
}
