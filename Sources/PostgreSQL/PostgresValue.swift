#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A type of the server, by its number in `pg_type`.
///
/// - Source: PostgreSQL source, `src/include/catalog/pg_type.dat`; the numbers of built-in types never change.
public struct PostgresType: Sendable, Hashable, RawRepresentable {
    /// The number.
    public let rawValue: UInt32
    /// Wraps a number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    static let bool = Self(rawValue: 16)
    static let bytea = Self(rawValue: 17)
    static let name = Self(rawValue: 19)
    static let int8 = Self(rawValue: 20)
    static let int2 = Self(rawValue: 21)
    static let int4 = Self(rawValue: 23)
    static let text = Self(rawValue: 25)
    static let oid = Self(rawValue: 26)
    static let json = Self(rawValue: 114)
    static let float4 = Self(rawValue: 700)
    static let float8 = Self(rawValue: 701)
    static let varchar = Self(rawValue: 1043)
    static let timestamptz = Self(rawValue: 1184)
    static let uuid = Self(rawValue: 2950)
    static let jsonb = Self(rawValue: 3802)
}

/// A value that can be bound to a parameter, in the server's binary format.
public protocol PostgresEncodable: Sendable {
    /// The type the server is told.
    static var postgresType: PostgresType { get }
    /// The bytes; `nil` stands for null.
    var postgresBytes: [UInt8]? { get }
}

/// A value that can be read from a column, in the server's binary format.
public protocol PostgresDecodable {
    /// Reads a value that is not null.
    /// - Returns: `nil` when the bytes, or their type, make no such value.
    static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Self?
    /// What a null becomes; `nil` when null is an error.
    static var postgresNull: Self? { get }
}

extension PostgresDecodable {
    /// Null is an error.
    public static var postgresNull: Self? { nil }
}

/// A value that arrays of the server can hold.
public protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
    /// The type of such arrays.
    static var postgresArrayType: PostgresType { get }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// That of the value.
    public static var postgresType: PostgresType { Wrapped.postgresType }
    /// Null for `nil`.
    public var postgresBytes: [UInt8]? { self?.postgresBytes }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads the value.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Wrapped?? {
        guard let value = Wrapped.decode(bytes, type: type) else { return nil }
        return .some(.some(value))
    }
    /// Null is `nil`.
    public static var postgresNull: Wrapped?? { .some(.none) }
}

extension UnsafeRawBufferPointer {
    /// A big-endian number of exactly this size.
    func bigEndian<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
        count == MemoryLayout<T>.size ? T(bigEndian: loadUnaligned(as: T.self)) : nil
    }

    /// Any of the server's whole numbers.
    func integer(_ type: PostgresType) -> Int64? {
        switch type {
        case .int8: bigEndian(Int64.self)
        case .int4: bigEndian(Int32.self).map(Int64.init)
        case .int2: bigEndian(Int16.self).map(Int64.init)
        case .oid: bigEndian(UInt32.self).map(Int64.init)
        default: nil
        }
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension Bool: PostgresArrayElement {
    /// `boolean`.
    public static var postgresType: PostgresType { .bool }
    /// `boolean[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1000) }
    /// One byte.
    public var postgresBytes: [UInt8]? { [self ? 1 : 0] }
    /// Reads one byte.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Bool? {
        type == .bool && bytes.count == 1 ? bytes[0] != 0 : nil
    }
}

extension Int16: PostgresArrayElement {
    /// `smallint`.
    public static var postgresType: PostgresType { .int2 }
    /// `smallint[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1005) }
    /// Two bytes.
    public var postgresBytes: [UInt8]? { bigEndianBytes }
    /// Reads a whole number that fits.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int16? {
        bytes.integer(type).flatMap { Int16(exactly: $0) }
    }
}

extension Int32: PostgresArrayElement {
    /// `integer`.
    public static var postgresType: PostgresType { .int4 }
    /// `integer[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1007) }
    /// Four bytes.
    public var postgresBytes: [UInt8]? { bigEndianBytes }
    /// Reads a whole number that fits.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int32? {
        bytes.integer(type).flatMap { Int32(exactly: $0) }
    }
}

extension Int64: PostgresArrayElement {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }
    /// `bigint[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1016) }
    /// Eight bytes.
    public var postgresBytes: [UInt8]? { bigEndianBytes }
    /// Reads a whole number.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int64? { bytes.integer(type) }
}

extension Int: PostgresArrayElement {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }
    /// `bigint[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1016) }
    /// Eight bytes.
    public var postgresBytes: [UInt8]? { Int64(self).postgresBytes }
    /// Reads a whole number.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int? {
        bytes.integer(type).map { Int($0) }
    }
}

extension Double: PostgresArrayElement {
    /// `double precision`.
    public static var postgresType: PostgresType { .float8 }
    /// `double precision[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1022) }
    /// IEEE 754, eight bytes.
    public var postgresBytes: [UInt8]? { bitPattern.bigEndianBytes }
    /// Reads eight or four bytes.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Double? {
        switch type {
        case .float8: bytes.bigEndian(UInt64.self).map { Double(bitPattern: $0) }
        case .float4: bytes.bigEndian(UInt32.self).map { Double(Float(bitPattern: $0)) }
        default: nil
        }
    }
}

extension String: PostgresArrayElement {
    /// `text`.
    public static var postgresType: PostgresType { .text }
    /// `text[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1009) }
    /// UTF-8. The server refuses a NUL, as its texts hold none.
    public var postgresBytes: [UInt8]? { Array(utf8) }
    /// Reads text, or JSON as its text.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> String? {
        switch type {
        case .text, .varchar, .name, .json: String(decoding: bytes, as: UTF8.self)
        // One byte of version stands before the text.
        case .jsonb: bytes.first == 1 ? String(decoding: bytes.dropFirst(), as: UTF8.self) : nil
        default: nil
        }
    }
}

/// JSON text for a column of type `jsonb`.
public struct JSONB: PostgresArrayElement, Hashable {
    /// The JSON.
    public let text: String
    /// Wraps JSON.
    public init(_ text: String) { self.text = text }
    /// `jsonb`.
    public static var postgresType: PostgresType { .jsonb }
    /// `jsonb[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 3807) }
    /// A byte of version, then UTF-8.
    public var postgresBytes: [UInt8]? { [1] + text.utf8 }
    /// Reads JSON of either type.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> JSONB? {
        type == .jsonb || type == .json ? String.decode(bytes, type: type).map(JSONB.init) : nil
    }
}

extension Data: PostgresArrayElement {
    /// `bytea`.
    public static var postgresType: PostgresType { .bytea }
    /// `bytea[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1001) }
    /// The bytes.
    public var postgresBytes: [UInt8]? { [UInt8](self) }
    /// Reads bytes.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Data? {
        type == .bytea ? Data(bytes) : nil
    }
}

extension UUID: PostgresArrayElement {
    /// `uuid`.
    public static var postgresType: PostgresType { .uuid }
    /// `uuid[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 2951) }
    /// Sixteen bytes.
    public var postgresBytes: [UInt8]? { withUnsafeBytes(of: uuid) { Array($0) } }
    /// Reads sixteen bytes.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> UUID? {
        type == .uuid && bytes.count == 16 ? UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)) : nil
    }
}

extension Date: PostgresArrayElement {
    /// `timestamp with time zone`.
    public static var postgresType: PostgresType { .timestamptz }
    /// `timestamp with time zone[]`.
    public static var postgresArrayType: PostgresType { PostgresType(rawValue: 1185) }
    /// Seconds from 1970 to 2000, where the server begins to count.
    private static var postgresEpoch: Double { 946_684_800 }
    /// Microseconds since 2000. What lies before the year -4000 or after 200000 is brought to that end: the server knows no more.
    public var postgresBytes: [UInt8]? {
        let seconds = min(max(timeIntervalSince1970, -188_000_000_000), 6_248_000_000_000)
        return Int64(((seconds - Self.postgresEpoch) * 1_000_000).rounded()).bigEndianBytes
    }
    /// Reads microseconds.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Date? {
        guard type == .timestamptz, let value = bytes.bigEndian(Int64.self) else { return nil }
        // Whole milliseconds are what stores write, and they come back as the same Date.
        return value % 1000 == 0
            ? Date(timeIntervalSince1970: Double(value / 1000 + Int64(postgresEpoch) * 1000) / 1000)
            : Date(timeIntervalSince1970: Double(value) / 1_000_000 + postgresEpoch)
    }
}

/// Arrays of one dimension.
///
/// - Source: PostgreSQL source, `src/backend/utils/adt/arrayfuncs.c`, `array_send`: dimensions, whether there are nulls, type, length,
///   lower bound, then each element with its length.
extension Array: PostgresEncodable where Element: PostgresArrayElement {
    /// That of arrays of the element.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// Header and elements.
    public var postgresBytes: [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + count * 12)
        func append(_ value: Int32) { bytes += value.bigEndianBytes }
        append(isEmpty ? 0 : 1)
        append(0)
        append(Int32(bitPattern: Element.postgresType.rawValue))
        guard !isEmpty else { return bytes }
        append(Int32(clamping: count))
        append(1)
        for element in self {
            let value = element.postgresBytes ?? []
            append(Int32(clamping: value.count))
            bytes.append(contentsOf: value)
        }
        return bytes
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// Reads header and elements; an array with a null in it, or with more than one dimension, is refused.
    public static func decode(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> [Element]? {
        guard type == Element.postgresArrayType, bytes.count >= 12 else { return nil }
        func word(_ offset: Int) -> Int32? {
            offset + 4 <= bytes.count
                ? Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)) : nil
        }
        guard let dimensions = word(0), let element = word(8) else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = word(12), count >= 0, Int(count) <= bytes.count / 4 else { return nil }
        var result: [Element] = []
        result.reserveCapacity(Int(count))
        var offset = 20
        for _ in 0..<count {
            guard let length = word(offset), length >= 0, offset + 4 + Int(length) <= bytes.count else { return nil }
            let part = UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + Int(length))])
            guard let value = Element.decode(part, type: PostgresType(rawValue: UInt32(bitPattern: element))) else {
                return nil
            }
            result.append(value)
            offset += 4 + Int(length)
        }
        return result
    }
}
