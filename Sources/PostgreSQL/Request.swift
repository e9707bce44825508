/// Statements that travel together: one round trip, and one transaction unless the connection is in one already.
///
/// `@unchecked Sendable`: what changes is touched by the loop's thread alone once the request was handed to it.
final class Request: @unchecked Sendable {
    let statements: [PostgresStatement]
    /// Nanoseconds of the monotonic clock, after which the request is given up.
    let deadline: UInt64
    private var completion: (@Sendable (Result<[PostgresResult], PostgresError>) -> Void)?
    /// One for each statement so far.
    private var results: [PostgresResult] = []
    /// The first error; what follows it is left out by the server.
    private var failure: PostgresError?

    init(
        _ statements: [PostgresStatement], deadline: UInt64,
        completion: @escaping @Sendable (Result<[PostgresResult], PostgresError>) -> Void
    ) {
        self.statements = statements
        self.deadline = deadline
        self.completion = completion
    }

    /// Adds what one of its statements answered.
    func add(_ result: PostgresResult) { results.append(result) }

    /// Notes an error; the first one counts.
    func fail(_ error: PostgresError) { failure = failure ?? error }

    /// Answers the caller, once.
    func finish() {
        complete(failure.map { .failure($0) } ?? .success(results))
    }

    /// Answers the caller with an error, unless it has been answered.
    func abandon(_ error: PostgresError) { complete(.failure(error)) }

    private func complete(_ result: Result<[PostgresResult], PostgresError>) {
        let completion = completion
        self.completion = nil
        completion?(result)
    }
}
