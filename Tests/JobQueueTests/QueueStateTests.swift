@_spi(Minting) import Stores
import Testing

@testable import JobQueue

// What every queue owes is in JobQueueTesting; here is what nobody sees from outside.
@Suite("Queue state")
struct QueueStateTests {
    @Test("companies that have had their work done are forgotten")
    func forgets() throws {
        var queue = QueueState(policy: QueuePolicy())
        for number in 0..<5_000 {
            let hint = WorkHint(scope: CompanyScope(companyID: CompanyID()), priority: .change)
            let now = Duration.seconds(number)
            try queue.hintArrived(hint, now: now)
            guard case .work(let lease) = queue.workRequested(upTo: 1, for: .seconds(10), now: now) else {
                Issue.record("no lease")
                return
            }
            #expect(lease.hint == hint)
            queue.leaseFinished(lease, failures: [], now: now)
        }
        #expect(queue.companyCount <= 1_001)
    }
}
