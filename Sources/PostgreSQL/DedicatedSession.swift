import CPq

/// A connection whose calls block; lent to the closure of ``PostgresClient/withDedicatedSession(_:)``.
public struct DedicatedSession: ~Copyable {
    private let session: Session

    init(_ session: Session) { self.session = session }

    /// Runs a script of one or more commands without parameters, in one transaction unless the script says otherwise.
    public borrowing func execute(_ script: String) throws(PostgresError) { _ = try session.execute(script) }

    /// Runs one statement.
    @discardableResult
    public borrowing func query(_ statement: PostgresStatement) throws(PostgresError) -> PostgresResult {
        try session.query(statement)
    }

    /// Runs one statement.
    @discardableResult
    public borrowing func query(_ sql: String, _ parameters: any PostgresEncodable...) throws(PostgresError)
        -> PostgresResult
    {
        try session.query(PostgresStatement(sql, parameters))
    }

    /// Runs a transaction: committed when the closure returns, rolled back when it throws.
    public borrowing func transaction<T>(_ body: () throws -> T) throws -> T {
        try execute("begin")
        do {
            let result = try body()
            try execute("commit")
            return result
        } catch {
            // The connection may be what failed; the server rolls back when it closes.
            try? execute("rollback")
            throw error
        }
    }

    /// Writes rows through COPY in its binary form, the fastest way in.
    ///
    /// - Parameters:
    ///   - target: Table and columns as SQL, `packages (id, purl)`. Not a place for anything from outside.
    ///   - rows: As many values each as there are columns, of exactly their types: the server converts nothing here.
    /// - Returns: How many rows were written; all of them or, when it throws, none.
    /// - Source: PostgreSQL manual, COPY, "Binary Format", <https://www.postgresql.org/docs/15/sql-copy.html>
    public borrowing func copy(into target: String, rows: some Sequence<[any PostgresEncodable]>) throws -> Int {
        _ = try session.execute("copy \(target) from stdin (format binary)")
        do { try send(rows) } catch {
            _ = PQputCopyEnd(session.pointer, "given up")
            while let result = PQgetResult(session.pointer) { PQclear(result) }
            throw error
        }
        guard PQputCopyEnd(session.pointer, nil) == 1 else { throw PostgresError.connectionLost }
        let result = try Session.checked(PQgetResult(session.pointer), session.pointer)
        while let rest = PQgetResult(session.pointer) { PQclear(rest) }
        return result.affectedRows
    }

    private borrowing func send(_ rows: some Sequence<[any PostgresEncodable]>) throws {
        var buffer = Array("PGCOPY\n".utf8) + [0xff, 13, 10, 0]
        buffer += [UInt8](repeating: 0, count: 8)
        func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
        }
        for row in rows {
            append(Int16(clamping: row.count))
            for value in row {
                guard let bytes = value.postgresBytes else {
                    append(Int32(-1))
                    continue
                }
                append(Int32(clamping: bytes.count))
                buffer += bytes
            }
            if buffer.count > 1 << 16 { try put(&buffer) }
        }
        append(Int16(-1))
        try put(&buffer)
    }

    private borrowing func put(_ buffer: inout [UInt8]) throws {
        let sent = buffer.withUnsafeBytes { bytes in
            PQputCopyData(session.pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 else { throw PostgresError.connectionLost }
        buffer.removeAll(keepingCapacity: true)
    }
}
