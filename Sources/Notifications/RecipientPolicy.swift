import Mail

/// Whom the installation writes e-mail to. Companies name recipients, the relay and its good name are the operator's.
public struct RecipientPolicy: Sendable {
    /// Empty for all.
    private let domains: Set<String>

    /// - Parameter domains: Only addresses there, without regard to case; empty for addresses anywhere.
    public init(domains: some Sequence<String> = []) { self.domains = Set(domains.map { $0.lowercased() }) }

    /// What is wrong with an address; `nil` when nothing is.
    public func fault(in text: String) -> String? {
        guard let address = MailAddress(text) else { return "not an e-mail address" }
        return domains.isEmpty || domains.contains(address.domain) ? nil : "a domain that the operator does not allow"
    }
}
