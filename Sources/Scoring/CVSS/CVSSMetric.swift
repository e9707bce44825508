/// The metrics of one CVSS version, one case each; the raw value is the abbreviation in vector strings.
protocol CVSSMetric: Hashable, Sendable, CaseIterable, RawRepresentable where RawValue == String {
    /// The part of the score the metric takes part in.
    var group: CVSSMetricGroup { get }

    /// The values that a vector may give, case sensitive, most severe first where the version orders them.
    var values: [String] { get }

    /// The value that says "not defined": same as leaving the metric out.
    static var notDefined: String { get }
}

/// The metric groups of all versions; a version that has no group of a kind has no metric in it.
enum CVSSMetricGroup: Sendable {
    /// Mandatory in every vector.
    case base
    /// "Temporal" in 2.0 and 3.x, "Threat" in 4.0.
    case threat
    /// Depends on where the vulnerable software runs.
    case environmental
    /// New in 4.0: carried along, never scored.
    case supplemental
}

/// The metrics of one vector that say something: "not defined" is not kept.
struct CVSSMetricValues<Metric: CVSSMetric>: Sendable {
    private var values: [Metric: String] = [:]

    /// Reads `metric:value` elements divided by `/`, in any order.
    ///
    /// The specifications show an order; 3.1 accepts others, 4.0 is of two minds, and feeds publish vectors out of order
    /// (<https://github.com/github/advisory-database/issues/7448>). A repeated metric, an unknown one, an empty element
    /// (hence also a `/` at the end) and a missing base metric are errors.
    ///
    /// - Parameter elements: A vector without its version prefix.
    init(parsing elements: Substring) throws(CVSSError) {
        var given: Set<Metric> = []
        for (position, element) in elements.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            let parts = element.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw .malformedElement(position: position)
            }
            guard let metric = Metric(rawValue: String(parts[0])) else { throw .unknownMetric(String(parts[0])) }
            let value = String(parts[1])
            guard metric.values.contains(value) || (metric.group != .base && value == Metric.notDefined) else {
                throw .invalidValue(metric: metric.rawValue, value: value)
            }
            guard given.insert(metric).inserted else { throw .repeatedMetric(metric.rawValue) }
            values[metric] = value == Metric.notDefined && metric.group != .base ? nil : value
        }
        for metric in Metric.allCases where metric.group == .base && !given.contains(metric) {
            throw .missingMetric(metric.rawValue)
        }
    }

    /// The value the vector gives, `nil` when it is left out or "not defined".
    subscript(metric: Metric) -> String? { values[metric] }

    /// Whether any metric of the group has a value other than "not defined".
    func defines(_ group: CVSSMetricGroup) -> Bool {
        values.keys.contains { $0.group == group }
    }

    /// The same vector reduced to the given groups.
    func keeping(_ groups: Set<CVSSMetricGroup>) -> Self {
        var kept = self
        kept.values = values.filter { groups.contains($0.key.group) }
        return kept
    }
}
