import Advisories
import PackageIdentity

/// A repair that an installation cannot have as it is: made in another release, or for another architecture.
public struct FixElsewhere: Sendable, Hashable, Codable {
    /// The scope that has it, `Debian:13`.
    public let scope: String
    /// The repaired version there.
    public let version: String
    /// The architectures it was made for; empty for all.
    public let architectures: [String]

    /// Makes one from its parts.
    public init(scope: String, version: String, architectures: [String] = []) {
        self.scope = scope
        self.version = version
        self.architectures = architectures
    }
}

extension AdvisoryIndex {
    /// Repairs of a vulnerability that were made in other releases of the same ecosystem, extended support included, or for other
    /// architectures of the same release.
    ///
    /// - Parameters:
    ///   - coordinates: Where the package was looked up.
    ///   - id: A CVE, any alias, or an advisory's id.
    ///   - context: What is known of the package; its architecture tells which are other ones.
    /// - Returns: Ascending by scope, then by version text; empty when there are none, and for what a damaged file hides.
    public func fixesElsewhere(
        at coordinates: AdvisoryCoordinates, vulnerability id: String, context: MatchContext = MatchContext()
    ) -> [FixElsewhere] {
        guard let number = try? reader.vulnerabilities(named: id).first else { return [] }
        let ecosystem = coordinates.scope.prefix { $0 != ":" }
        var found: Set<FixElsewhere> = []
        for scope in scopes where scope.prefix(while: { $0 != ":" }) == ecosystem {
            guard let name = try? reader.find(scope: scope, name: coordinates.name) else { continue }
            let isOwn = scope == coordinates.scope
            for fix in (try? fixes(of: number, in: name, scope: scope, onlyFor: isOwn ? context.architecture : nil))
                ?? []
            where !isOwn || !fix.architectures.isEmpty {
                found.insert(fix)
            }
        }
        return found.sorted { ($0.scope, $0.version) < ($1.scope, $1.version) }
    }

    /// The repairs that the deciding statements of a name give.
    ///
    /// - Parameter architecture: When set, only statements for other architectures are looked at.
    private func fixes(
        of vulnerability: UInt32, in name: NameRecord, scope: String, onlyFor architecture: String?
    ) throws(IndexError) -> [FixElsewhere] {
        let standing = try reader.statements(of: name, on: vulnerability).filter { !$0.isWithdrawn }
        guard let rank = standing.map(\.rank).min() else { return [] }
        var fixes: [FixElsewhere] = []
        for statement in standing where statement.rank == rank && statement.isEvaluable {
            let condition =
                statement.condition == IndexFormat.none ? Condition() : try reader.condition(statement.condition)
            if let architecture, condition.architectures.contains(where: { Architecture.areEqual($0, architecture) }) {
                continue
            }
            let uppers = try reader.deciding(statement).intervals.filter { $0.kind == .fixed }.map(\.upper)
            guard let highest = uppers.max() else { continue }
            fixes.append(
                FixElsewhere(
                    scope: scope, version: try reader.versionText(highest, in: name),
                    architectures: condition.architectures))
        }
        return fixes
    }
}
