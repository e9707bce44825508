/// Keeps extra requests a bounded share of the first ones: each first request pays in a part of a token, each extra one takes a whole one.
struct SpendingBudget: Sendable {
    private let share: Double
    private var tokens: Double

    /// Most tokens saved, and those at the start: so few extra requests are never refused.
    static let most = 10.0

    /// - Parameter share: Extra requests for each first one.
    init(share: Double) {
        self.share = max(0, share)
        tokens = share > 0 ? Self.most : 0
    }

    mutating func pay() { tokens = min(Self.most, tokens + share) }

    /// Takes a token.
    mutating func take() -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
