import Foundation
import Matching
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``TriageStore/fetchSLAPolicy(scope:)``.
    public func fetchSLAPolicy(scope: CompanyScope) async throws -> SLAPolicy {
        guard let company = try await row(scope) else { return SLAPolicy() }
        let found = try await read("fetch SLA policy", company: company, TriageQueries.policy(company: company))
        return try found.first.map { try SLAPolicy(stored: try $0.get(0)) } ?? SLAPolicy()
    }

    /// See ``TriageStore/setSLAPolicy(scope:_:at:)``.
    public func setSLAPolicy(scope: CompanyScope, _ policy: SLAPolicy, at now: Date) async throws {
        let log = AuditLog(at: now)
        let company = try await existingRow(scope)
        try await write("set SLA policy", company: company) { transaction in
            try await transaction.query(TriageQueries.setPolicy(try policy.stored, company: company))
            try await log.append(
                .policyChanged, nil, policy.auditDetails, company: company, scope.companyID, transaction)
        }
    }

    /// See ``TriageStore/fetchOverdue(scope:policy:at:)``.
    public func fetchOverdue(scope: CompanyScope, policy: SLAPolicy, at now: Date) async throws -> Set<String> {
        guard !policy.isEmpty, let company = try await row(scope) else { return [] }
        var overdue: Set<String> = []
        try await read(
            "fetch overdue vulnerabilities", company: company,
            TriageQueries.dates(company: company, withRecords: !policy.decision.isEmpty)
        )
        .forEach { row in
            guard let first = try row.get(4, as: Date?.self) else { return }
            let dated = DatedVulnerability(
                severity: try row.get(1), isExploited: try row.get(2), record: try row.get(3), firstSeen: first)
            if try dated.isDue(under: policy, at: now) { overdue.insert(try row.get(0)) }
        }
        return overdue
    }

    /// See ``TriageStore/setAssignee(scope:vulnerability:to:at:)``.
    public func setAssignee(scope: CompanyScope, vulnerability ids: [String], to userID: UserID?, at now: Date)
        async throws
    {
        guard let id = ids.first else { return }
        let (log, now) = (AuditLog(at: now), now.inWholeMilliseconds)
        let company = try await existingRow(scope)
        try await write("set assignee", company: company) { transaction in
            // Under the company's lock, so that two who give it at once do not leave it with both.
            var statements = [Lock.company(company), TriageQueries.deleteAssignments(ids, company: company)]
            if let userID { statements.append(UserQueries.byID(userID, company: company)) }
            let results = try await transaction.run(statements)
            var name = ""
            if let userID {
                guard let found = try results[2].first?.get(2, as: String.self) else {
                    throw StoreError.notFound("user")
                }
                name = found
                let count = try await transaction.query(TriageQueries.countAssignments(company: company))
                guard try count.value(as: Int.self) < TriageLimits.assignments else {
                    throw StoreError.limitReached("assignments")
                }
                try await transaction.query(
                    TriageQueries.insertAssignment(id, userID, company: company, at: now))
            }
            try await log.append(
                .vulnerabilityAssigned, id, ["to": name], company: company, scope.companyID, transaction)
        }
    }

    /// See ``TriageStore/fetchAssignments(scope:vulnerabilities:)``.
    public func fetchAssignments(scope: CompanyScope, vulnerabilities ids: [String]?) async throws
        -> [String: Assignment]
    {
        guard let company = try await row(scope) else { return [:] }
        var result: [String: Assignment] = [:]
        try await read("fetch assignments", company: company, TriageQueries.assignments(company: company, ids)).forEach
        {
            result[try $0.get(0, as: String.self)] = Assignment(
                user: UserID(uuid: try $0.get(1)), name: try $0.get(2), at: try $0.get(3))
        }
        return result
    }

    /// See ``TriageStore/insertNote(scope:vulnerability:package:text:by:at:)``.
    public func insertNote(
        scope: CompanyScope, vulnerability: String, package: String?, text: String, by userID: UserID, at now: Date
    ) async throws -> VulnerabilityNote {
        let (log, now) = (AuditLog(at: now), now.inWholeMilliseconds)
        guard let company = try await row(scope) else { throw StoreError.notFound("user") }
        return try await write("insert note", company: company) { transaction in
            let results = try await transaction.run([
                UserQueries.byID(userID, company: company), TriageQueries.countNotes(vulnerability, company: company),
            ])
            guard let name = try results[0].first?.get(2, as: String.self) else { throw StoreError.notFound("user") }
            guard try results[1].value(as: Int.self) < TriageLimits.notes else {
                throw StoreError.limitReached("notes")
            }
            let note = VulnerabilityNote(
                id: NoteID(), vulnerability: vulnerability, package: package, author: userID, authorName: name, at: now,
                text: text.storable)
            try await transaction.query(TriageQueries.insert(note, company: company))
            try await log.append(
                .noteAdded, vulnerability, note.auditDetails, company: company, scope.companyID, transaction)
            return note
        }
    }

    /// See ``TriageStore/fetchNotes(scope:vulnerability:page:)``.
    public func fetchNotes(scope: CompanyScope, vulnerability ids: [String], page: PageRequest) async throws
        -> Page<VulnerabilityNote>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "notes")
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        let statement = try TriageQueries.notes(company: company, ids, after: cursor, limit: page.limit + 1)
        let rows = try await read("fetch notes", company: company, statement).map { row in
            VulnerabilityNote(
                id: NoteID(uuid: try row.get(0)), vulnerability: try row.get(1), package: try row.get(2),
                author: UserID(uuid: try row.get(3)), authorName: try row.get(4), at: try row.get(5),
                text: try row.get(6))
        }
        return try Page(rows: rows, limit: page.limit, list: "notes", key: \.cursorKey) { $0 }
    }
}
