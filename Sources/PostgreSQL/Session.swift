import CPq

/// A connection to a server as libpq makes it, before it belongs to a loop: its calls block, and one thread uses it.
final class Session {
    let pointer: OpaquePointer
    private var isOwner = true

    /// Signs in and takes the role on.
    ///
    /// - Throws: ``PostgresError``.
    init(_ configuration: PostgresConfiguration, _ endpoint: PostgresConfiguration.Endpoint, writable: Bool)
        throws(PostgresError)
    {
        let parameters = configuration.parameters(for: endpoint, writable: writable)
        guard let made = Self.connect(parameters) else {
            throw .cannotConnect(.init(reason: .unavailable, message: "out of memory"))
        }
        pointer = made
        guard PQstatus(made) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(made))
            throw .cannotConnect(.init(message: message))
        }
        if let role = configuration.role { try takeRole(role) }
    }

    deinit { if isOwner { PQfinish(pointer) } }

    /// Hands the connection over; whoever takes it closes it.
    func take() -> OpaquePointer {
        isOwner = false
        return pointer
    }

    /// Signs in, trying again with growing pauses while the server is away or full, as long as one may wait for a connection. Blocks.
    static func connecting(
        _ configuration: PostgresConfiguration, _ endpoint: PostgresConfiguration.Endpoint
    ) throws(PostgresError) -> Session {
        let deadline = EventLoop.now + UInt64(configuration.acquireTimeout.milliseconds) * 1_000_000
        var attempt = 1
        while true {
            do { return try Session(configuration, endpoint, writable: true) } catch {
                guard error.isWorthReconnecting else { throw error }
                let pause = Backoff.reconnecting.delay(after: attempt).milliseconds
                guard EventLoop.now + UInt64(pause) * 1_000_000 < deadline else { throw error }
                DetachedThread.pause(milliseconds: pause)
                attempt += 1
            }
        }
    }

    private static func connect(_ parameters: [(String, String)]) -> OpaquePointer? {
        func strings(_ values: [String]) -> [UnsafeMutablePointer<CChar>?] {
            values.map { value in
                let bytes = Array(value.utf8CString)
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
                copy.initialize(from: bytes, count: bytes.count)
                return copy
            } + [nil]
        }
        let (names, values) = (strings(parameters.map(\.0)), strings(parameters.map(\.1)))
        defer { for copy in names + values { copy?.deallocate() } }
        return names.map { UnsafePointer($0) }.withUnsafeBufferPointer { names in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                PQconnectdbParams(names.baseAddress, values.baseAddress, 0)
            }
        }
    }

    private func takeRole(_ role: String) throws(PostgresError) {
        let quoted =
            "\"" + role.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        _ = try execute("set role " + quoted)
    }

    /// Runs a script of one or more commands without parameters.
    func execute(_ script: String) throws(PostgresError) -> PostgresResult {
        try Self.checked(PQexec(pointer, script), pointer)
    }

    /// Runs one statement.
    func query(_ statement: PostgresStatement) throws(PostgresError) -> PostgresResult {
        guard statement.fitsProtocol else { throw .tooLarge }
        let result = BoundParameters.with(statement.parameters) { bound in
            PQexecParams(
                pointer, statement.sql, bound.count, bound.types, bound.values, bound.lengths, bound.formats, 1)
        }
        return try Self.checked(result, pointer)
    }

    /// Takes a result over, or throws what it says.
    static func checked(_ result: OpaquePointer?, _ connection: OpaquePointer) throws(PostgresError) -> PostgresResult {
        guard let result else { throw .connectionLost }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN, PGRES_COPY_OUT:
            return PostgresResult(result)
        default:
            defer { PQclear(result) }
            throw error(result)
        }
    }

    /// What a failed result says. Without a code it is the library that speaks, of a connection that broke.
    static func error(_ result: OpaquePointer) -> PostgresError {
        guard let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else { return .connectionLost }
        func field(_ name: Character) -> String? {
            name.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
        }
        return .server(
            .init(
                state: SQLState(rawValue: String(cString: code)), constraint: field("n"), message: field("M") ?? ""))
    }
}

/// Parameters as the library wants them: five parallel lists.
struct BoundParameters {
    let count: Int32
    let types: UnsafePointer<UInt32>?
    let values: UnsafePointer<UnsafePointer<CChar>?>?
    let lengths: UnsafePointer<Int32>?
    let formats: UnsafePointer<Int32>?

    /// Lends them for one call.
    static func with<T>(_ parameters: [PostgresStatement.Parameter], _ body: (BoundParameters) -> T) -> T {
        // One buffer for all values; a byte more, so that an empty value has an address as well and is no null.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) })
        var offsets: [Int?] = []
        for parameter in parameters {
            offsets.append(parameter.bytes == nil ? nil : bytes.count)
            bytes += parameter.bytes ?? []
        }
        bytes.append(0)
        let types = parameters.map(\.type.rawValue)
        let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        return bytes.withUnsafeBytes { buffer in
            let values = offsets.map { offset in
                offset.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return types.withUnsafeBufferPointer { types in
                values.withUnsafeBufferPointer { values in
                    lengths.withUnsafeBufferPointer { lengths in
                        formats.withUnsafeBufferPointer { formats in
                            body(
                                BoundParameters(
                                    count: Int32(parameters.count), types: types.baseAddress,
                                    values: values.baseAddress, lengths: lengths.baseAddress,
                                    formats: formats.baseAddress))
                        }
                    }
                }
            }
        }
    }
}
