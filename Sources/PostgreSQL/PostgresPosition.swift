/// A place in the log of all changes of a server and those that follow it. Later places hold everything of earlier ones.
///
/// - Source: PostgreSQL manual 8.20, <https://www.postgresql.org/docs/15/datatype-pg-lsn.html>
public struct PostgresPosition: Sendable, Hashable {
    /// As PostgreSQL writes it, "16/B374D848".
    let text: String

    /// Asks a server whether it follows another one at this moment and has carried out everything up to here. One that was promoted, or lost
    /// the server it followed, says no: what it holds may be another history.
    var isReached: PostgresStatement {
        PostgresStatement(
            """
            select pg_is_in_recovery() and exists (select from pg_stat_wal_receiver)
                and coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)
            """, text)
    }
}

extension PostgresError {
    /// Whether a replica failed for reasons of its own, so that the primary may well succeed: the connection broke, nobody is free, or what
    /// it has to carry out came in the way of what was read.
    ///
    /// - Source: PostgreSQL manual 27.4.2, <https://www.postgresql.org/docs/15/hot-standby.html#HOT-STANDBY-CONFLICT>
    var isReplicasOwn: Bool {
        switch self {
        case .server(let error):
            error.state.isRetryable || error.state.endsConnection || error.state == .invalidStatementName
        case .cannotConnect, .connectionLost, .exhausted, .timedOut: true
        default: false
        }
    }
}
