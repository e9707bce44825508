/// A statement with what is bound to `$1`, `$2`, ….
///
/// Equal texts are prepared once per connection, so a text should be a constant and everything that varies a parameter.
public struct PostgresStatement: Sendable {
    /// One command.
    public let sql: String
    let parameters: [Parameter]

    struct Parameter: Sendable {
        let type: PostgresType
        let bytes: [UInt8]?
    }

    /// A statement with its parameters in order.
    public init(_ sql: String, _ parameters: any PostgresEncodable...) { self.init(sql, parameters) }

    /// A statement with its parameters in order.
    public init(_ sql: String, _ parameters: [any PostgresEncodable]) {
        self.sql = sql
        self.parameters = parameters.map { Parameter(type: type(of: $0).postgresType, bytes: $0.postgresBytes) }
    }

    /// The same with `explain` before it: its answer is the plan, one line a row.
    public var explained: PostgresStatement { PostgresStatement(sql: "explain " + sql, parameters: parameters) }

    private init(sql: String, parameters: [Parameter]) {
        self.sql = sql
        self.parameters = parameters
    }

    /// Sets a configuration parameter until the transaction ends, and no longer: what the next user of the connection does not see.
    public static func setting(_ name: String, to value: String) -> PostgresStatement {
        PostgresStatement("select set_config($1, $2, true)", name, value)
    }

    /// When the server that answers was started, to the microsecond: tells it from others of the same history. One row, one text.
    public static let startOfServer = PostgresStatement("select pg_postmaster_start_time()::text")

    /// The protocol counts parameters in 16 bits and bytes of a message in 31.
    var fitsProtocol: Bool {
        parameters.count <= 65_535
            && parameters.reduce(sql.utf8.count) { $0 + ($1.bytes?.count ?? 0) + 8 } < 1 << 30
    }
}
