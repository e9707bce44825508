import CPq

/// What a statement answered.
public struct PostgresResult: Sendable {
    private let handle: Handle

    /// Owns the library's result. `@unchecked`: nobody changes a result after it was received, and reading one changes nothing in it.
    private final class Handle: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { PQclear(pointer) }
    }

    /// Takes over a result of the library.
    init(_ pointer: OpaquePointer) { handle = Handle(pointer) }

    /// How many rows it has.
    public var count: Int { Int(PQntuples(handle.pointer)) }

    /// How many rows the statement changed, or answered.
    public var affectedRows: Int { PQcmdTuples(handle.pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// A row; the index must be below ``count``.
    public subscript(index: Int) -> PostgresRow { PostgresRow(result: self, index: Int32(index)) }

    /// The first row; `nil` when there is none.
    public var first: PostgresRow? { count > 0 ? self[0] : nil }

    /// Makes something of each row.
    public func map<T>(_ body: (PostgresRow) throws -> T) rethrows -> [T] { try (0..<count).map { try body(self[$0]) } }

    /// Visits each row.
    public func forEach(_ body: (PostgresRow) throws -> Void) rethrows { for row in 0..<count { try body(self[row]) } }

    /// The column of the first row.
    /// - Throws: ``PostgresError/missingRow`` when there is no row, or what ``PostgresRow/get(_:as:)`` throws.
    public func value<T: PostgresDecodable>(_ column: Int = 0, as type: T.Type = T.self) throws -> T {
        guard let first else { throw PostgresError.missingRow }
        return try first.get(column)
    }

    fileprivate func decode<T: PostgresDecodable>(_ row: Int32, _ column: Int, _ wanted: T.Type) throws -> T {
        let pointer = handle.pointer
        guard column >= 0, column < Int(PQnfields(pointer)) else {
            throw PostgresError.invalidValue(column: column, wanted: "\(T.self)")
        }
        let index = Int32(column)
        if PQgetisnull(pointer, row, index) != 0 {
            guard let null = T.postgresNull else {
                throw PostgresError.invalidValue(column: column, wanted: "\(T.self)")
            }
            return null
        }
        let type = PostgresType(rawValue: PQftype(pointer, index))
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, index), count: Int(PQgetlength(pointer, row, index)))
        guard let value = T.decode(bytes, type: type) else {
            throw PostgresError.unexpectedType(column: column, type: type.rawValue, wanted: "\(T.self)")
        }
        return value
    }
}

/// A row of a result.
public struct PostgresRow: Sendable {
    fileprivate let result: PostgresResult
    fileprivate let index: Int32

    /// Reads a column, counted from 0.
    ///
    /// - Throws: ``PostgresError/unexpectedType(column:type:wanted:)`` or ``PostgresError/invalidValue(column:wanted:)``; null is an error
    ///   unless an optional is asked for.
    public func get<T: PostgresDecodable>(_ column: Int, as type: T.Type = T.self) throws -> T {
        try result.decode(index, column, type)
    }
}
