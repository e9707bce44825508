import Stores

/// What makes two hints the same work.
struct WorkKey: Hashable {
    let scope: CompanyScope
    let subject: String

    init(scope: CompanyScope, subject: String) {
        self.scope = scope
        self.subject = subject
    }

    init(_ hint: WorkHint) { self.init(scope: hint.scope, subject: hint.subject) }
}

/// Work that was given up, oldest first.
struct DeadLetters {
    struct Letter {
        let priority: WorkPriority
        let failures: Int
        let reason: String
        let died: Duration
    }

    private var letters: [WorkKey: Letter] = [:]
    /// In the order in which they died; holds keys of letters that are gone, until they come to the front.
    private var order: ArraySlice<(key: WorkKey, died: Duration)> = []

    var count: Int { letters.count }

    subscript(key: WorkKey) -> Letter? { letters[key] }

    /// Adds one; the oldest makes room.
    mutating func insert(_ letter: Letter, for key: WorkKey, limit: Int) {
        letters[key] = letter
        order.append((key, letter.died))
        while letters.count > max(limit, 0), !order.isEmpty { dropOldest() }
    }

    mutating func remove(_ key: WorkKey) { letters[key] = nil }

    mutating func forget(diedBefore time: Duration) {
        while let first = order.first, first.died < time { dropOldest() }
    }

    mutating func removeAll(_ selection: DeadLetterSelection) -> [(WorkKey, Letter)] {
        let chosen = letters.filter { selection.contains($0.key) }.sorted { $0.value.died < $1.value.died }
        for (key, _) in chosen { letters[key] = nil }
        return chosen.map { ($0.key, $0.value) }
    }

    /// Newest first.
    func newest(_ limit: Int, scope: CompanyScope?, now: Duration) -> [DeadLetter] {
        var found: [DeadLetter] = []
        for (key, died) in order.reversed() where found.count < limit && (scope == nil || key.scope == scope) {
            guard let letter = letters[key], letter.died == died else { continue }
            found.append(
                DeadLetter(
                    hint: WorkHint(scope: key.scope, priority: letter.priority, subject: key.subject),
                    failures: letter.failures, reason: letter.reason, age: now - died))
        }
        return found
    }

    private mutating func dropOldest() {
        guard let oldest = order.popFirst(), letters[oldest.key]?.died == oldest.died else { return }
        letters[oldest.key] = nil
    }
}

extension DeadLetterSelection {
    func contains(_ key: WorkKey) -> Bool {
        switch self {
        case .all: true
        case .company(let scope): key.scope == scope
        case .one(let scope, let subject): key == WorkKey(scope: scope, subject: subject)
        }
    }
}
