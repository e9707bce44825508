/// What all gateways of an installation remember together, so that going from one to the next begins nothing anew.
public protocol SharedMemory: Sendable {
    /// Counts an attempt, unless there were as many as there may be.
    ///
    /// - Parameters:
    ///   - key: Whose attempts are counted together.
    ///   - limit: So many within the window, which begins with the first.
    /// - Returns: How long the window lasts still when it was not counted; `nil` when it was.
    func countAttempt(_ key: String, limit: Int, window: Duration) async throws -> Duration?
    /// Takes one attempt back.
    func takeBackAttempt(_ key: String) async throws
    /// Begins anew.
    func forgetAttempts(_ key: String) async throws
    /// Notes something for so long.
    /// - Returns: Whether nobody had noted it.
    func noteOnce(_ key: String, for lifetime: Duration) async throws -> Bool
}
