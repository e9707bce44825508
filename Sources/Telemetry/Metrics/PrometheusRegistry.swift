/// All series by name and labels. A plain value: ``PrometheusMetrics`` guards it with a lock.
struct PrometheusRegistry {
    /// What a caller of swift-metrics asks for, as it asks: the key of the fast path.
    struct Request: Hashable {
        let kind: Kind
        let label: String
        let dimensions: [String]

        init(_ kind: Kind, _ label: String, _ dimensions: [(String, String)]) {
            self.kind = kind
            self.label = label
            self.dimensions = dimensions.flatMap { [$0.0, $0.1] }
        }
    }

    enum Kind: String, Hashable {
        case counter
        case gauge
        case histogram
        /// A histogram of seconds.
        case duration

        /// The word after `# TYPE`.
        var type: String { self == .duration ? "histogram" : rawValue }

        /// Ending of the metric's name, which says its unit, as <https://prometheus.io/docs/practices/naming/> asks.
        var suffix: String {
            switch self {
            case .counter: "_total"
            case .duration: "_seconds"
            case .gauge, .histogram: ""
            }
        }
    }

    /// One metric with all its series.
    struct Family {
        let name: String
        let type: String
        let buckets: PrometheusBuckets
        var series: [String: any PrometheusSeries] = [:]
    }

    private let limits: PrometheusLimits
    private let buckets: [String: PrometheusBuckets]
    private(set) var families: [String: Family] = [:]
    private var known: [Request: any PrometheusSeries] = [:]
    /// Names of sample lines and the family they belong to, so that no two families write the same line.
    private var claims: [String: String]
    /// Requests that met a limit.
    private(set) var refusals = 0

    /// - Parameters:
    ///   - buckets: By metric name after sanitising.
    ///   - reserved: Names that belong to somebody else.
    init(limits: PrometheusLimits, buckets: [String: PrometheusBuckets], reserved: [String]) {
        self.limits = limits
        self.buckets = buckets
        claims = Dictionary(reserved.map { ($0, "") }, uniquingKeysWith: { first, _ in first })
    }

    /// The series for a request, the same one every time.
    mutating func series(
        _ kind: Kind, label: String, dimensions: [(String, String)]
    ) -> any PrometheusSeries {
        let request = Request(kind, label, dimensions)
        if let series = known[request] { return series }
        guard let name = familyName(kind, label) else {
            refusals += 1
            return Self.makeSeries(type: kind.type, bounds: [])
        }
        let series = series(of: name, labels: PrometheusName.labels(dimensions))
        // Different requests can mean the same series (long values are cut), so their number needs a bound of its own.
        if known.count < limits.families * limits.seriesPerFamily { known[request] = series }
        return series
    }

    /// Forgets a series; who still holds it can go on writing to it, unseen.
    mutating func remove(_ removed: AnyObject) {
        known = known.filter { $0.value !== removed }
        for (name, family) in families {
            for (labels, series) in family.series where series === removed {
                families[name]?.series[labels] = nil
            }
        }
    }

    private mutating func series(of name: String, labels: String) -> any PrometheusSeries {
        guard let family = families[name] else { return Self.makeSeries(type: "", bounds: []) }
        if let series = family.series[labels] { return series }
        var labels = labels
        if family.series.count >= limits.seriesPerFamily {
            refusals += 1
            labels = PrometheusName.labels([("overflow", "true")])
            if let series = family.series[labels] { return series }
        }
        let series = Self.makeSeries(type: family.type, bounds: family.buckets.bounds)
        families[name]?.series[labels] = series
        return series
    }

    /// The family for a label, made when it is new; `nil` at the limit, or when both its names are taken by another type.
    private mutating func familyName(_ kind: Kind, _ label: String) -> String? {
        let name = PrometheusName.metric(label)
        let full = name.hasSuffix(kind.suffix) ? name : name + kind.suffix
        for candidate in [full, "\(full)_\(kind.type)"] {
            if let family = families[candidate] {
                if family.type == kind.type { return candidate }
            } else if families.count < limits.families, claim(candidate, kind) {
                let preset = buckets[candidate] ?? buckets[name] ?? (kind == .duration ? .seconds : .decades)
                families[candidate] = Family(name: candidate, type: kind.type, buckets: preset)
                return candidate
            }
        }
        return nil
    }

    private mutating func claim(_ name: String, _ kind: Kind) -> Bool {
        let lines = kind.type == "histogram" ? [name, name + "_bucket", name + "_sum", name + "_count"] : [name]
        guard lines.allSatisfy({ claims[$0] == nil }) else { return false }
        for line in lines { claims[line] = name }
        return true
    }

    private static func makeSeries(type: String, bounds: [Double]) -> any PrometheusSeries {
        switch type {
        case "counter": PrometheusCounter()
        case "gauge": PrometheusGauge()
        default: PrometheusHistogram(bounds: bounds)
        }
    }
}
