/// Lets one of several processes do what must be done, but not by all of them, and another one when the first has died.
///
/// What an implementation owes: at most one process leads at a time, as long as what it rests on is not lost. So what is done while
/// leading must bear being done twice.
public protocol Leadership: Sendable {
    /// Takes the lead, or keeps it, for a while from now.
    ///
    /// - Parameter term: How long it stands without being kept.
    /// - Returns: Whether this process leads; false while another one does.
    func lead(for term: Duration) async throws -> Bool
    /// Lets go of the lead; nothing happens when another process has it.
    func resign() async
}

/// The leadership of a process that is alone.
public struct SoleLeadership: Leadership {
    /// Leads.
    public init() {}
    /// Always.
    public func lead(for term: Duration) async throws -> Bool { true }
    /// Nothing to let go of.
    public func resign() async {}
}

extension Leadership {
    /// Runs the body whenever this process leads, until cancelled; the body is cancelled when the lead is lost. Then resigns, so that the next
    /// process need not wait for the end of the term.
    ///
    /// - Parameters:
    ///   - term: After the death of the leader, another process takes over within this time and `rest`.
    ///   - rest: Between two looks whether the lead can be had.
    public func whileLeading(
        term: Duration = .seconds(10), rest: Duration = .seconds(1), _ body: @escaping @Sendable () async -> Void
    ) async {
        while !Task.isCancelled {
            // Whoever cannot ask does not lead.
            if (try? await lead(for: term)) == true {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await body() }
                    group.addTask { await self.keepLeading(term) }
                    await group.next()
                    group.cancelAll()
                }
            }
            try? await Task.sleep(for: rest)
        }
        // Also when this task is cancelled, which would keep it from asking anything.
        await Task { await self.resign() }.value
    }

    /// Returns when the lead is lost, or could not be kept until the term was over.
    private func keepLeading(_ term: Duration) async {
        var end = ContinuousClock.now + term
        while (try? await Task.sleep(for: term / 3)) != nil {
            do {
                guard try await lead(for: term) else { return }
                end = .now + term
            } catch {
                guard ContinuousClock.now + term / 3 < end else { return }
            }
        }
    }
}
