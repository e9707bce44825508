import Stores

/// Names a cached answer of one company.
public struct CompanyCacheKey: Sendable, Hashable {
    /// Whose answer it is.
    public let scope: CompanyScope
    /// What was asked, with everything the answer depends on.
    public let name: String

    /// Makes a key.
    public init(scope: CompanyScope, name: String) {
        self.scope = scope
        self.name = name
    }
}
