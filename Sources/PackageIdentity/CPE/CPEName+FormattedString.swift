extension CPEName {
    /// Unbinds what follows `cpe:2.3:`.
    ///
    /// - Source: NISTIR 7695, section 6.2.3
    init(formatted bytes: [UInt8], from start: Int) throws(CPEError) {
        self.init()
        var offset = start
        for attribute in Attribute.allCases {
            var builder = CPEValueBuilder()
            offset = try CPEName.readFormatted(bytes, from: offset, into: &builder)
            self[attribute] = builder.finish()
            // `offset` stands on a colon or at the end.
            if offset == bytes.count { return }
            offset += 1
        }
        throw CPEError(at: offset - 1, .tooManyComponents)
    }

    /// Reads one component; returns where it ends.
    private static func readFormatted(
        _ bytes: [UInt8], from start: Int, into builder: inout CPEValueBuilder
    ) throws(CPEError) -> Int {
        var offset = start
        while offset < bytes.count, bytes[offset] != UInt8(ascii: ":") {
            switch bytes[offset] {
            case UInt8(ascii: "\\"):
                guard offset + 1 < bytes.count else { throw CPEError(at: offset, .brokenEscape) }
                offset += 1
                try builder.append(bytes[offset], at: offset, escaped: true)
            case UInt8(ascii: "*"), UInt8(ascii: "?"):
                try builder.appendWildcard(bytes[offset], at: offset)
            case let byte:
                try builder.append(byte, at: offset, escaped: false)
            }
            offset += 1
        }
        return offset
    }

    /// The name as CPE 2.3 writes it, with all of its components: `cpe:2.3:a:gnu:bash:5.2:*:*:*:*:*:*:*`.
    ///
    /// - Source: NISTIR 7695, section 6.2.2
    public var formattedString: String {
        var text = "cpe:2.3"
        for attribute in Attribute.allCases {
            text.append(":")
            switch self[attribute] {
            case .any: text.append("*")
            case .notApplicable: text.append("-")
            case .literal("-"): text.append("\\-")
            case .literal(let value): CPEName.appendEscaped(value, to: &text)
            case .pattern(let pattern):
                text.append(pattern.leading.wildcards)
                CPEName.appendEscaped(pattern.core, to: &text)
                text.append(pattern.trailing.wildcards)
            }
        }
        return text
    }

    /// Letters, digits, `_`, `.` and `-` stand for themselves; everything else has a backslash before it.
    private static func appendEscaped(_ value: String, to text: inout String) {
        for scalar in value.unicodeScalars {
            if !isUnreserved(scalar.value) { text.append("\\") }
            text.unicodeScalars.append(scalar)
        }
    }

    /// Whether a character stands for itself in both forms.
    static func isUnreserved(_ value: UInt32) -> Bool {
        switch value {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2e, 0x2d: true
        default: false
        }
    }
}
