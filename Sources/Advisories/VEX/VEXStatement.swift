/// One statement: these products stand so to this vulnerability.
public struct VEXStatement: Sendable, Hashable {
    /// How a product stands to a vulnerability.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// No remediation is required.
        case notAffected = "not_affected"
        /// Remediation is recommended.
        case affected
        /// These versions carry the repair.
        case fixed
        /// Not yet known.
        case underInvestigation = "under_investigation"
    }

    /// What a statement is about.
    public struct Product: Sendable, Hashable {
        /// A package URL or a CPE name as written.
        public var identifier: String
        /// The versions meant when the identifier names none; empty for all.
        public var versions: [String]

        /// Makes one from its parts.
        public init(identifier: String, versions: [String] = []) {
            self.identifier = identifier
            self.versions = versions
        }
    }

    /// The vulnerability's id and its aliases, as written.
    public var vulnerabilities: [String]
    /// The products; of a product with subcomponents these alone, since they carry the vulnerability.
    public var products: [Product]
    /// How they stand.
    public var status: Status
    /// The machine word of the reason, as its format has it (`vulnerable_code_not_in_execute_path`, `code_not_reachable`); `nil` when none is given.
    public var justification: String?
    /// What to do about it; `nil` when not stated.
    public var action: String?
    /// Anything else in words; `nil` when nothing is said.
    public var notes: String?
    /// When it was stated, Unix seconds; `nil` when not stated, which counts as before all others.
    public var timestamp: Int64?

    /// Makes one from its parts.
    public init(
        vulnerabilities: [String], products: [Product], status: Status, justification: String? = nil,
        action: String? = nil, notes: String? = nil, timestamp: Int64? = nil
    ) {
        self.vulnerabilities = vulnerabilities
        self.products = products
        self.status = status
        self.justification = justification
        self.action = action
        self.notes = notes
        self.timestamp = timestamp
    }
}
