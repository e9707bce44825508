/// One row of an SQLite table: a head with the type of each column, then the values.
///
/// - Source: <https://www.sqlite.org/fileformat2.html#record_format>
struct SQLiteRow {
    private let types: ArraySlice<UInt8>
    private let values: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) throws(FileFault) {
        var rest = bytes
        let length = Int(clamping: try Self.variableNumber(&rest))
        let own = bytes.count - rest.count
        guard length >= own else { throw .damaged("a row without columns") }
        types = try bytes.part(at: own, count: length - own)
        values = try bytes.part(at: length, count: bytes.count - length)
    }

    /// The text of a column, numbered from 0; empty for other values.
    func text(_ column: Int) throws(FileFault) -> String {
        let (type, bytes) = try value(column)
        return type >= 13 && type % 2 == 1 ? String(decoding: bytes, as: UTF8.self) : ""
    }

    /// The bytes of a column.
    ///
    /// - Throws: ``FileFault`` when it holds something else.
    func blob(_ column: Int) throws(FileFault) -> ArraySlice<UInt8> {
        let (type, bytes) = try value(column)
        guard type >= 12, type % 2 == 0 else { throw .damaged("a row holds no bytes where a header is expected") }
        return bytes
    }

    /// The whole number of a column; 0 for other values.
    func number(_ column: Int) throws(FileFault) -> UInt64 {
        let (type, bytes) = try value(column)
        if type == 9 { return 1 }
        return (1...6).contains(type) ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : 0
    }

    private func value(_ column: Int) throws(FileFault) -> (type: UInt64, bytes: ArraySlice<UInt8>) {
        var rest = types
        var offset = 0
        for index in 0... {
            let type = try Self.variableNumber(&rest)
            let length = try Self.length(of: type)
            if index == column { return (type, try values.part(at: offset, count: length)) }
            guard length <= values.count - offset else { break }
            offset += length
        }
        throw .damaged("a row is shorter than its columns")
    }

    private static func length(of type: UInt64) throws(FileFault) -> Int {
        switch type {
        case 0...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 8, 9: 0
        case 10, 11: throw .damaged("a column of type \(type)")
        default: Int(clamping: (type - 12) / 2)
        }
    }

    /// Takes a number of one to nine bytes: seven bits each, all eight of the ninth.
    static func variableNumber(_ bytes: inout ArraySlice<UInt8>) throws(FileFault) -> UInt64 {
        var number: UInt64 = 0
        for count in 1...9 {
            guard let byte = bytes.popFirst() else { throw .damaged("a number without end") }
            if count == 9 { return number << 8 | UInt64(byte) }
            number = number << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return number }
        }
        return number
    }
}
