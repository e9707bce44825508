import Foundation

/// Names a note for good.
public typealias NoteID = Identifier<VulnerabilityNote>

/// Who is to deal with a vulnerability in the company.
public struct Assignment: Sendable, Hashable {
    /// To whom; a user that the company has.
    public let user: UserID
    /// The e-mail.
    public let name: String
    /// Since when.
    public let at: Date

    /// Makes one from its parts.
    public init(user: UserID, name: String, at: Date) {
        self.user = user
        self.name = name
        self.at = at
    }
}

/// What somebody wrote about a vulnerability; it never changes and stays when the writer leaves.
public struct VulnerabilityNote: Sendable, Hashable {
    /// Names it for good.
    public let id: NoteID
    /// The id of the vulnerability as it was then.
    public let vulnerability: String
    /// The package it is about, without version; `nil` for all.
    public let package: String?
    /// Who.
    public let author: UserID
    /// The e-mail as it was then.
    public let authorName: String
    /// When.
    public let at: Date
    /// 1…10,000 characters.
    public let text: String

    /// Makes one from its parts.
    public init(
        id: NoteID, vulnerability: String, package: String?, author: UserID, authorName: String, at: Date, text: String
    ) {
        self.id = id
        self.vulnerability = vulnerability
        self.package = package
        self.author = author
        self.authorName = authorName
        self.at = at
        self.text = text
    }
}

/// Who deals with what until when: policy, assignments and notes. Sparse, as exceptions are; due dates are derived.
public protocol TriageStore: Sendable {
    /// What the company wants; empty before it was set.
    func fetchSLAPolicy(scope: CompanyScope) async throws -> SLAPolicy
    /// Replaces it. Dates of all findings follow at once.
    func setSLAPolicy(scope: CompanyScope, _ policy: SLAPolicy, at now: Date) async throws
    /// Ids of the company's vulnerabilities that the policy makes due by this moment, counted from when the company was first affected.
    func fetchOverdue(scope: CompanyScope, policy: SLAPolicy, at now: Date) async throws -> Set<String>
    /// Gives a vulnerability to a user, or to nobody. One for all its ids: those that `ids` names are given anew.
    ///
    /// - Parameter ids: The id first, then its aliases.
    /// - Throws: ``StoreError/notFound(_:)`` for a user that the company has not.
    func setAssignee(scope: CompanyScope, vulnerability ids: [String], to userID: UserID?, at now: Date) async throws
    /// Assignments by the id under which they were made; those of users who left are gone.
    ///
    /// - Parameter ids: Only those under one of these ids; `nil` means all.
    func fetchAssignments(scope: CompanyScope, vulnerabilities ids: [String]?) async throws -> [String: Assignment]
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/limitReached(_:)`` beyond ``TriageLimits/notes``.
    func insertNote(
        scope: CompanyScope, vulnerability: String, package: String?, text: String, by userID: UserID, at now: Date
    ) async throws -> VulnerabilityNote
    /// Notes under one of these ids, newest first.
    func fetchNotes(scope: CompanyScope, vulnerability ids: [String], page: PageRequest) async throws
        -> Page<VulnerabilityNote>
}

/// How much a company may have.
public enum TriageLimits {
    /// Notes of a vulnerability.
    public static let notes = 1_000
    /// Assignments.
    public static let assignments = 50_000
}
