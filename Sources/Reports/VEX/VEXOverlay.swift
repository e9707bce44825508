import Advisories
import Matching
import PackageIdentity

/// The statements of a user's VEX documents, found by vulnerability.
///
/// They win over every verdict of the feeds. They never enter an index: they belong to one user, the index to all. Of several statements on one
/// package and vulnerability the latest counts; of equally old ones the one that is read last.
public struct VEXOverlay: Sendable {
    private struct Entry: Sendable {
        let products: [ProductPattern]
        let applied: AppliedVEX
        let timestamp: Int64
    }

    /// Entries by vulnerability id, the one that counts first.
    private var entries: [String: [Entry]] = [:]
    /// Entries that say affected, with the statement's own id of the vulnerability.
    private var affectedEntries: [(id: String, entry: Entry)] = []

    /// Takes documents in the order in which the user names them.
    ///
    /// - Parameter documents: With the file's name, as the user gave it.
    public init(_ documents: [(file: String, document: VEXDocument)]) {
        for (file, document) in documents {
            for statement in document.statements { take(statement, of: document, file: file) }
        }
        for id in Array(entries.keys) {
            // Read last, counts first.
            entries[id] = entries[id]?.reversed().enumerated()
                .sorted { ($1.element.timestamp, $0.offset) < ($0.element.timestamp, $1.offset) }.map(\.element)
        }
    }

    /// Whether there is no statement at all.
    public var isEmpty: Bool { entries.isEmpty }

    private mutating func take(_ statement: VEXStatement, of document: VEXDocument, file: String) {
        let products = statement.products.compactMap { ProductPattern($0.identifier, versions: $0.versions) }
        guard !products.isEmpty, let first = statement.vulnerabilities.first else { return }
        let applied = AppliedVEX(
            file: file, document: document.id, author: document.author, status: statement.status,
            justification: statement.justification, action: statement.action, notes: statement.notes)
        let entry = Entry(products: products, applied: applied, timestamp: statement.timestamp ?? .min)
        for id in Set(statement.vulnerabilities) { entries[id, default: []].append(entry) }
        if statement.status == .affected { affectedEntries.append((first, entry)) }
    }

    /// The statement that counts for a package and a vulnerability by any of its ids; `nil` when there is none.
    func statement(on record: VulnerabilityRecord, of subject: ReportedPackage) -> AppliedVEX? {
        guard !entries.isEmpty else { return nil }
        var best: Entry?
        for id in [record.id] + record.aliases {
            guard let found = entries[id]?.first(where: { $0.products.contains { $0.covers(subject) } }) else {
                continue
            }
            if best.map({ $0.timestamp < found.timestamp }) ?? true { best = found }
        }
        return best?.applied
    }

    /// Statements that say a package is affected, with the id they give the vulnerability, ascending by it.
    func affected(_ subject: ReportedPackage) -> [(id: String, statement: AppliedVEX)] {
        guard !affectedEntries.isEmpty else { return [] }
        var found: [String: AppliedVEX] = [:]
        for (id, entry) in affectedEntries where entry.products.contains(where: { $0.covers(subject) }) {
            found[id] = entry.applied
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
