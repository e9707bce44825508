/// Brings what a document says of RPM packages and one vulnerability together: one statement for each scope, package and module
/// stream, for each architecture only where these differ.
///
/// Statements stand under the names of binary packages, as publishers state them one by one: of one update `bind` may be repaired and
/// `bind-chroot` not affected. A source package counts only where no binary package of its name is spoken of in that scope, and
/// "not affected" of the very source of an update not at all, as it says nothing of what was built from it. Packages that hold
/// nothing but symbols for debuggers are left out.
struct RPMStatements {
    private struct Place: Hashable {
        let scope: String
        let name: String
        let moduleStream: String?
    }

    private struct Statement {
        let status: CSAFStatus
        let version: String?
        let architecture: String?
        let isSource: Bool
        let remedy: CSAFRemedy
        /// Made for the same release under paid support.
        let isBorrowed: Bool
    }

    /// What all statements about one place come to.
    private struct Outcome: Hashable {
        var events: [AffectedRange.Event] = []
        var versions: [String] = []
        var state: FixState
        var word: String?
    }

    private var order: [Place] = []
    private var statements: [Place: [Statement]] = [:]

    mutating func add(_ package: RPMPackage, in scope: VendorScope, status: CSAFStatus, remedy: CSAFRemedy) {
        guard !package.isDebugInformation else { return }
        if package.isSource && status == .notAffected && package.version != nil { return }
        add(package, scope: scope.scope, status: status, remedy: remedy, isBorrowed: false)
        if let plain = scope.plainScope {
            add(package, scope: plain, status: status, remedy: remedy, isBorrowed: true)
        }
    }

    private mutating func add(
        _ package: RPMPackage, scope: String, status: CSAFStatus, remedy: CSAFRemedy, isBorrowed: Bool
    ) {
        let place = Place(scope: scope, name: package.name, moduleStream: package.moduleStream)
        if statements[place] == nil { order.append(place) }
        let architecture = package.architecture == "noarch" ? nil : package.architecture
        statements[place, default: []].append(
            Statement(
                status: status, version: package.version, architecture: architecture, isSource: package.isSource,
                remedy: remedy, isBorrowed: isBorrowed))
    }

    /// The packages in the order in which they were first named.
    var packages: [AffectedPackage] {
        order.flatMap { place in packages(at: place, from: statements[place] ?? []) }
    }

    private func packages(at place: Place, from all: [Statement]) -> [AffectedPackage] {
        var counted = all.contains { !$0.isSource } ? all.filter { !$0.isSource } : all
        if counted.contains(where: { !$0.isBorrowed }) { counted.removeAll { $0.isBorrowed } }
        let architectures = Set(counted.compactMap { $0.isSource ? nil : $0.architecture }).sorted()
        let whole = outcome(counted)
        let single = architectures.map { architecture in
            outcome(counted.filter { $0.architecture == nil || $0.architecture == architecture })
        }
        guard let first = single.first, single.contains(where: { $0 != first }) else {
            return whole.map { [package(at: place, $0, architectures: [])] } ?? []
        }
        var packages: [AffectedPackage] = []
        var seen: Set<Outcome> = []
        for case let outcome? in single where seen.insert(outcome).inserted {
            let own = zip(architectures, single).filter { $0.1 == outcome }.map(\.0)
            packages.append(package(at: place, outcome, architectures: own))
        }
        return packages
    }

    private func package(at place: Place, _ outcome: Outcome, architectures: [String]) -> AffectedPackage {
        let condition = Condition(moduleStream: place.moduleStream, architectures: architectures)
        return AffectedPackage(
            scope: place.scope, name: PackageNames.normalised(place.name, scope: place.scope),
            ranges: outcome.events.isEmpty ? [] : [AffectedRange(kind: .ecosystem, events: outcome.events)],
            versions: outcome.versions, state: outcome.state, urgency: outcome.word,
            condition: condition.isEmpty ? nil : condition)
    }

    /// A repair says more than "affected", that more than "being looked at", and all of them more than "not affected"; `nil` when
    /// nothing usable is left.
    private func outcome(_ statements: [Statement]) -> Outcome? {
        let repairs = RPMRepairs.events(statements.filter { $0.status == .fixed }.compactMap(\.version))
        if !repairs.isEmpty { return Outcome(events: repairs, state: .fixed) }
        let last = statements.filter { $0.status == .lastAffected }.compactMap(\.version)
        if let last = last.first {
            let start = statements.first { $0.status == .firstAffected }?.version ?? "0"
            return Outcome(events: [.introduced(start), .lastAffected(last)], state: .unspecified)
        }
        let affected = statements.filter { $0.status == .affected || $0.status == .firstAffected }
        if !affected.isEmpty { return outcome(ofAffected: affected) }
        if statements.contains(where: { $0.status == .underInvestigation }) {
            return Outcome(events: [.introduced("0")], state: .undetermined)
        }
        return statements.contains { $0.status == .notAffected } ? Outcome(state: .notAffected) : nil
    }

    private func outcome(ofAffected affected: [Statement]) -> Outcome {
        // Of several plans the one with hope counts, so that nobody gives up on a repair that comes.
        let remedy =
            (affected.first { $0.remedy.state == .unfixed } ?? affected.first { $0.remedy.state == .ignored })?.remedy
            ?? affected.first?.remedy ?? .none
        let first = affected.first { $0.status == .firstAffected }?.version
        let versions = affected.filter { $0.status == .affected }.map(\.version)
        if first == nil, !versions.contains(nil) {
            return Outcome(versions: Set(versions.compactMap { $0 }).sorted(), state: remedy.state, word: remedy.word)
        }
        let isOpen = versions.contains(nil)
        return Outcome(
            events: [.introduced(isOpen ? "0" : first ?? "0")], state: remedy.state, word: remedy.word)
    }
}
