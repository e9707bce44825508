extension CPEName {
    /// Unbinds what follows `cpe:/`.
    ///
    /// - Source: NISTIR 7695, section 6.1.3
    init(uri bytes: [UInt8], from start: Int) throws(CPEError) {
        self.init()
        var offset = start
        for attribute in Attribute.allCases.prefix(7) {
            let end = bytes[offset...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            if attribute == .edition, offset < end, bytes[offset] == UInt8(ascii: "~") {
                try unpack(bytes, offset + 1..<end)
            } else {
                self[attribute] = try CPEName.readURI(bytes, offset..<end)
            }
            if end == bytes.count { return }
            offset = end + 1
        }
        throw CPEError(at: offset - 1, .tooManyComponents)
    }

    /// The attributes that version 2.3 added are packed into the edition, `~edition~sw_edition~target_sw~target_hw~other`.
    private mutating func unpack(_ bytes: [UInt8], _ range: Range<Int>) throws(CPEError) {
        var offset = range.lowerBound
        for attribute in CPEName.packed {
            let end = bytes[offset..<range.upperBound].firstIndex(of: UInt8(ascii: "~")) ?? range.upperBound
            self[attribute] = try CPEName.readURI(bytes, offset..<end)
            if end == range.upperBound { return }
            offset = end + 1
        }
        throw CPEError(at: offset - 1, .tooManyComponents)
    }

    private static let packed: [Attribute] = [.edition, .softwareEdition, .targetSoftware, .targetHardware, .other]

    private static func readURI(_ bytes: [UInt8], _ range: Range<Int>) throws(CPEError) -> CPEValue {
        var builder = CPEValueBuilder()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            switch byte {
            case PercentCoding.percent:
                guard offset + 2 < range.upperBound, let high = PercentCoding.hexValue(bytes[offset + 1]),
                    let low = PercentCoding.hexValue(bytes[offset + 2])
                else { throw CPEError(at: offset, .brokenEscape) }
                switch high << 4 | low {
                case 1: try builder.appendWildcard(UInt8(ascii: "?"), at: offset)
                case 2: try builder.appendWildcard(UInt8(ascii: "*"), at: offset)
                case let value: try builder.append(value, at: offset, escaped: true)
                }
                offset += 2
            case UInt8(ascii: "*"), UInt8(ascii: "?"): try builder.appendWildcard(byte, at: offset)
            default: try builder.append(byte, at: offset, escaped: false)
            }
            offset += 1
        }
        return builder.finish()
    }

    /// The name as CPE 2.2 writes it, without components that say nothing at its end: `cpe:/a:gnu:bash:5.2`.
    ///
    /// - Source: NISTIR 7695, section 6.1.2
    public var uri: String {
        var components = Attribute.allCases.prefix(7).map { CPEName.uriText(self[$0]) }
        if CPEName.packed.dropFirst().contains(where: { self[$0] != .any }) {
            components[Attribute.edition.rawValue] = CPEName.packed.map { "~" + CPEName.uriText(self[$0]) }.joined()
        }
        while components.last == "" { components.removeLast() }
        return "cpe:/" + components.joined(separator: ":")
    }

    private static func uriText(_ value: CPEValue) -> String {
        switch value {
        case .any: ""
        case .notApplicable: "-"
        // The standard writes this like the logical value; escaped, it comes back as what it was.
        case .literal("-"): "%2d"
        case .literal(let text): escaped(text)
        case .pattern(let pattern):
            uriText(pattern.leading) + escaped(pattern.core) + uriText(pattern.trailing)
        }
    }

    private static func uriText(_ end: CPEPattern.End) -> String {
        switch end {
        case .closed: ""
        case .anything: "%02"
        case .atMost(let count): String(repeating: "%01", count: count)
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnreserved(scalar.value) {
                result.unicodeScalars.append(scalar)
            } else {
                result.append("%" + String(scalar.value, radix: 16))
            }
        }
        return result
    }
}
