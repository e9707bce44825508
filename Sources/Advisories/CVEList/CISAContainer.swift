import JSONDocuments
import Scoring

/// What CISA adds to the records of others.
///
/// - Source: <https://github.com/cisagov/vulnrichment>
enum CISAContainer {
    /// CISA's organisation in the CVE programme as a data publisher, under which it enriches records; as a numbering authority it has others.
    static let organisation = "134c704f-9b21-4f2e-91b3-4a467353bcc0"

    /// The rank of CISA's ratings.
    ///
    /// The order of origins is vendor, numbering authority, NVD. CISA rates what the authority left unrated, as the NVD does and in its
    /// stead, so its word is taken as the NVD's: behind the authority's.
    static let origin = SeverityStatement.Origin.nvd
}

/// Reads the options of a CISA decision, `[{"Exploitation": "active"}, {"Automatable": "no"}, {"Technical Impact": "total"}]`; the NVD
/// writes the same as `[{"exploitation": "active"}, …, {"technicalImpact": "total"}]`.
struct SSVCOptions {
    private var exploitation: SSVCDecisionPoints.Exploitation?
    private var isAutomatable: Bool?
    private var technicalImpact: SSVCDecisionPoints.TechnicalImpact?

    init(_ options: JSONValue) {
        guard let options = options.array else { return }
        for option in options {
            guard let members = option.object else { continue }
            for (key, value) in members {
                take(key.lowercased().filter { $0 != " " && $0 != "_" }, value.string?.lowercased() ?? "")
            }
        }
    }

    private mutating func take(_ key: String, _ value: String) {
        switch key {
        // Newer tables say "public poc" for the same value.
        case "exploitation": exploitation = value == "public poc" ? .poc : .init(rawValue: value)
        case "automatable": isAutomatable = ["yes": true, "no": false][value]
        case "technicalimpact": technicalImpact = .init(rawValue: value)
        default: break
        }
    }

    /// The points; `nil` unless all three are stated in known words.
    var points: SSVCDecisionPoints? {
        guard let exploitation, let isAutomatable, let technicalImpact else { return nil }
        return SSVCDecisionPoints(
            exploitation: exploitation, isAutomatable: isAutomatable, technicalImpact: technicalImpact)
    }
}
