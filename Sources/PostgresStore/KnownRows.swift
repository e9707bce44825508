import PostgreSQL
import Synchronization

/// Rows of the catalogue that were asked for before: nearly all that hosts report is what they reported before.
///
/// What is kept here neither changes nor goes as long as the server is the same one. One that took over may lack the newest rows and give
/// their numbers to others: what is known is of one start of a server (``PostgresStatement/startOfServer``). Of two generations the
/// older one goes when the younger is full; what is found in it moves up.
final class KnownRows<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let generationSize: Int
    private let state = Mutex(State())

    private struct State {
        var server: String?
        var younger: [Key: Value] = [:]
        var older: [Key: Value] = [:]

        mutating func insert(_ key: Key, _ value: Value, generationSize: Int) {
            if younger.count >= generationSize { (older, younger) = (younger, [:]) }
            younger[key] = value
        }
    }

    /// - Parameter generationSize: Most entries of a generation, of some 150 bytes each; more than a large installation's hosts have in common,
    ///   because a round through more than that finds nothing of the round before.
    init(generationSize: Int = 1 << 19) {
        self.generationSize = generationSize
    }

    /// What is known of these, `nil` where nothing is, and the start of the server that it is of.
    func values(of keys: [Key]) -> (server: String?, values: [Value?]) {
        state.withLock { state in
            let values = keys.map { key -> Value? in
                if let value = state.younger[key] { return value }
                guard let value = state.older[key] else { return nil }
                state.insert(key, value, generationSize: generationSize)
                return value
            }
            return (state.server, values)
        }
    }

    /// What belongs to these keys, in any order; nothing for keys that the server does not have.
    ///
    /// - Parameters:
    ///   - server: The start of the server that answers now.
    ///   - ask: Asks, in one transaction, for keys of which nothing is known, and which server answers that: yet another one is asked for all.
    func values(
        of keys: [Key], on server: String,
        ask: ([Key]) async throws -> (server: String, found: [(key: Key, value: Value)])
    ) async throws -> [Value] {
        let known = values(of: keys)
        let isSame = known.server == server
        var values = isSame ? known.values.compactMap(\.self) : []
        guard values.count < keys.count else { return values }
        var answer = try await ask(isSame ? zip(keys, known.values).filter { $1 == nil }.map(\.0) : keys)
        if answer.server != server, !values.isEmpty {
            values = []
            answer = try await ask(keys)
        }
        insert(answer.found, of: answer.server)
        return values + answer.found.map(\.value)
    }

    /// Keeps what a server said; what was known of another one is forgotten.
    func insert(_ found: [(key: Key, value: Value)], of server: String) {
        state.withLock { state in
            if state.server != server { state = State(server: server) }
            for (key, value) in found { state.insert(key, value, generationSize: generationSize) }
        }
    }
}

extension KnownRows<String, Int64> {
    /// Reads what ``PostgresStatement/startOfServer`` and a query of names and rows answer.
    static func answer(_ results: [PostgresResult]) throws -> (server: String, found: [(key: String, value: Int64)]) {
        (try results[0].value(), try results[1].map { (key: try $0.get(0), value: try $0.get(1)) })
    }
}
