import Dispatch
import LoopbackTesting
import Synchronization

/// A server on a port of its own that says what an input has it say, whoever asks.
final class AnsweringServer: Sendable {
    /// Status and body for a path.
    typealias Answer = @Sendable (_ path: String) -> (status: Int, body: [UInt8])

    private let answer = Mutex<Answer>({ _ in (404, []) })
    private let address = Mutex("")

    /// Without a slash at its end.
    var url: String { address.withLock { $0 } }

    init() {
        let started = DispatchSemaphore(value: 0)
        Task.detached { [self] in
            let server = try await LoopbackServer { request in
                let (status, body) = self.answer.withLock { $0 }(request.path)
                return .answer(status, headers: ["Content-Type": "application/json"], body: body)
            }
            self.address.withLock { $0 = server.url }
            started.signal()
        }
        started.wait()
    }

    /// Says this from now on.
    func say(_ answer: @escaping Answer) { self.answer.withLock { $0 = answer } }
}
