import JSONDocuments

/// What a CSAF document says of one product and one vulnerability.
///
/// Source: CSAF 2.0, section 3.2.3.9,
/// <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html#3239-vulnerabilities-property---product-status>
enum CSAFStatus: Hashable {
    /// `fixed`, `first_fixed` and, as SUSE writes it, `recommended`.
    case fixed
    case affected
    case firstAffected
    case lastAffected
    case notAffected
    case underInvestigation

    /// The lists of `product_status` in the order in which they are read.
    static let lists: [(key: StaticString, status: CSAFStatus)] = [
        ("first_fixed", .fixed), ("fixed", .fixed), ("recommended", .fixed), ("known_affected", .affected),
        ("first_affected", .firstAffected), ("last_affected", .lastAffected), ("known_not_affected", .notAffected),
        ("under_investigation", .underInvestigation), ("unknown", .underInvestigation),
    ]
}

/// What the publisher means to do about a product that is affected.
struct CSAFRemedy: Hashable {
    let state: FixState
    /// The publisher's words in lowercase: `will not fix`, `fix deferred`, `out of support scope`; `nil` when there are none.
    let word: String?

    /// Affected, and nothing more is known.
    static let none = CSAFRemedy(state: .unfixed, word: nil)

    /// Reads one entry of `remediations`; `nil` for those that say nothing of whether a repair will come.
    init?(_ remediation: JSONValue) {
        let details = remediation.line("details", limit: 64).lowercased()
        let isShort = details.utf8.count <= 40
        switch remediation["category"]?.string {
        case "no_fix_planned":
            state = details.contains("out of support") || details.contains("end of life") ? .endOfLife : .ignored
        case "none_available", "fix_planned": state = .unfixed
        default: return nil
        }
        word = isShort && !details.isEmpty ? details : nil
    }

    private init(state: FixState, word: String?) {
        self.state = state
        self.word = word
    }
}
