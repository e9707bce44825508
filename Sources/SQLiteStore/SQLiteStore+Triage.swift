import Foundation
import GRDB
import Matching
import Stores

extension SQLiteStore {
    /// See ``TriageStore/fetchSLAPolicy(scope:)``.
    public func fetchSLAPolicy(scope: CompanyScope) async throws -> SLAPolicy {
        try await read("fetch SLA policy") { db in
            guard let company = try scope.row(db),
                let text = try db.first(TriageQueries.policy, [company], { $0[0] as String })
            else { return SLAPolicy() }
            return try SLAPolicy(stored: text)
        }
    }

    /// See ``TriageStore/setSLAPolicy(scope:_:at:)``.
    public func setSLAPolicy(scope: CompanyScope, _ policy: SLAPolicy, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("set SLA policy") { db in
            let company = try scope.existingRow(db)
            try db.run(TriageQueries.setPolicy, [company, try policy.stored])
            try log.append(.policyChanged, nil, policy.auditDetails, company: company, scope.companyID, db)
        }
    }

    /// See ``TriageStore/fetchOverdue(scope:policy:at:)``.
    public func fetchOverdue(scope: CompanyScope, policy: SLAPolicy, at now: Date) async throws -> Set<String> {
        guard !policy.isEmpty else { return [] }
        return try await read("fetch overdue vulnerabilities") { db in
            guard let company = try scope.row(db) else { return [] }
            return try Self.overdue(company, policy, at: now, db)
        }
    }

    /// Vulnerabilities of a company that are due.
    static func overdue(_ company: Int64, _ policy: SLAPolicy, at now: Date, _ db: Database) throws -> Set<String> {
        var overdue: Set<String> = []
        let arguments: StatementArguments = ["company": company, "decisions": !policy.decision.isEmpty]
        try db.forEach(TriageQueries.dates, arguments) { row in
            guard let first = row[4] as Int64? else { return }
            let dated = DatedVulnerability(
                severity: row[1], isExploited: row[2], record: row[3], firstSeen: Date(milliseconds: first))
            if try dated.isDue(under: policy, at: now) { overdue.insert(row[0]) }
        }
        return overdue
    }

    /// See ``TriageStore/setAssignee(scope:vulnerability:to:at:)``.
    public func setAssignee(scope: CompanyScope, vulnerability ids: [String], to userID: UserID?, at now: Date)
        async throws
    {
        guard let id = ids.first else { return }
        let log = AuditLog(at: now)
        try await write("set assignee") { db in
            let company = try scope.existingRow(db)
            let user = try userID.map { try Self.known($0, company, db) }
            try db.run(
                TriageQueries.deleteAssignments, ["company": company, "ids": try StoredJSON.encode(ids)])
            if let user {
                let count: Int = try db.first(TriageQueries.countAssignments, [company]) { $0[0] } ?? 0
                guard count < TriageLimits.assignments else { throw StoreError.limitReached("assignments") }
                try db.run(TriageQueries.insertAssignment, [company, id, user.row, now.milliseconds])
            }
            try log.append(
                .vulnerabilityAssigned, id, ["to": user?.name ?? ""], company: company, scope.companyID, db)
        }
    }

    private static func known(_ id: UserID, _ company: Int64, _ db: Database) throws -> (row: Int64, name: String) {
        guard let user = try db.first(TriageQueries.user, [id.blob, company], { ($0[0] as Int64, $0[1] as String) })
        else { throw StoreError.notFound("user") }
        return (user.0, user.1)
    }

    /// See ``TriageStore/fetchAssignments(scope:vulnerabilities:)``.
    public func fetchAssignments(scope: CompanyScope, vulnerabilities ids: [String]?) async throws
        -> [String: Assignment]
    {
        try await read("fetch assignments") { db in
            guard let company = try scope.row(db) else { return [:] }
            var result: [String: Assignment] = [:]
            var arguments: StatementArguments = ["company": company]
            if let ids { arguments += ["ids": try StoredJSON.encode(ids)] }
            try db.forEach(TriageQueries.assignments(ofSome: ids != nil), arguments) { row in
                result[row[0]] = Assignment(
                    user: try UserID(blob: row[1]), name: row[2], at: Date(milliseconds: row[3]))
            }
            return result
        }
    }

    /// See ``TriageStore/insertNote(scope:vulnerability:package:text:by:at:)``.
    public func insertNote(
        scope: CompanyScope, vulnerability: String, package: String?, text: String, by userID: UserID, at now: Date
    ) async throws -> VulnerabilityNote {
        let log = AuditLog(at: now)
        return try await write("insert note") { db in
            guard let company = try scope.row(db) else { throw StoreError.notFound("user") }
            let user = try Self.known(userID, company, db)
            let count: Int = try db.first(TriageQueries.countNotes, [company, vulnerability]) { $0[0] } ?? 0
            guard count < TriageLimits.notes else { throw StoreError.limitReached("notes") }
            let note = VulnerabilityNote(
                id: NoteID(), vulnerability: vulnerability, package: package, author: userID, authorName: user.name,
                at: now.inWholeMilliseconds, text: text)
            try db.run(
                TriageQueries.insertNote,
                [
                    note.id.blob, company, vulnerability, package, userID.blob, user.name, now.milliseconds, text,
                ])
            try log.append(
                .noteAdded, vulnerability, note.auditDetails, company: company, scope.companyID, db)
            return note
        }
    }

    /// See ``TriageStore/fetchNotes(scope:vulnerability:page:)``.
    public func fetchNotes(scope: CompanyScope, vulnerability ids: [String], page: PageRequest) async throws
        -> Page<VulnerabilityNote>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "notes")
        let tie = try cursor.map { try NoteID(cursor: $0.tie) }
        return try await read("fetch notes") { db in
            guard let company = try scope.row(db) else { return Page(items: [], nextCursor: nil) }
            var arguments: StatementArguments = [
                "company": company, "ids": try StoredJSON.encode(Set(ids).sorted()), "limit": page.limit + 1,
            ]
            if let cursor { arguments += ["number": cursor.number, "tie": tie?.blob] }
            let rows = try db.rows(TriageQueries.notes(hasCursor: cursor != nil), arguments) { row in
                VulnerabilityNote(
                    id: try NoteID(blob: row[0]), vulnerability: row[1], package: row[2],
                    author: try UserID(blob: row[3]), authorName: row[4], at: Date(milliseconds: row[5]), text: row[6])
            }
            return try Page(rows: rows, limit: page.limit, list: "notes", key: \.cursorKey) { $0 }
        }
    }
}
