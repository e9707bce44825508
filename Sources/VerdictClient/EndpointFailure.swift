/// Why one endpoint gave no answer.
enum EndpointFailure: Error, Sendable, Equatable {
    /// No connection, or a cut one.
    case unreachable(String)
    /// No whole answer in that time.
    case late(Duration)
    /// What came is no answer.
    case nonsense(String)
    /// It says that it cannot at the moment (429, 5xx), perhaps for how many seconds.
    case busy(status: UInt, retryAfter: Int?)
    /// It has no index yet.
    case noIndex
    /// It does not hold the index asked for.
    case otherIndex
    /// It does not take the question, and would not a second time.
    case refusedQuestion(String)
    /// It is none that can be asked: it does not know the path, does not let us in, or judges by older rules.
    case unfit(String)
    /// Whoever asked gave up.
    case withdrawn

    /// Whether it speaks against the endpoint.
    var isFault: Bool {
        switch self {
        case .unreachable, .late, .nonsense, .unfit: true
        case .busy(let status, _): status != 429
        case .noIndex, .otherIndex, .refusedQuestion, .withdrawn: false
        }
    }

    /// The metric's word.
    var outcome: String {
        switch self {
        case .unreachable: "unreachable"
        case .late: "late"
        case .nonsense: "nonsense"
        case .busy: "busy"
        case .noIndex: "no_index"
        case .otherIndex: "other_index"
        case .refusedQuestion: "refused"
        case .unfit: "unfit"
        case .withdrawn: "withdrawn"
        }
    }

    /// For people.
    var words: String {
        switch self {
        case .unreachable(let reason): reason
        case .late(let limit): "no whole answer within \(limit)"
        case .nonsense(let reason): "the answer is not to be read: \(reason)"
        case .busy(let status, _): "status \(status)"
        case .noIndex: "no index yet"
        case .otherIndex: "another index"
        case .refusedQuestion(let reason): "the question is refused: \(reason)"
        case .unfit(let reason): reason
        case .withdrawn: "given up"
        }
    }
}
