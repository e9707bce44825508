/// A JSON value to be written. Members keep the order they are given, so equal input gives equal bytes.
indirect enum JSONNode {
    case string(String)
    case number(Int)
    case array([JSONNode])
    case object([(key: String, value: JSONNode?)])

    /// UTF-8 text, two blanks a level, a newline at its end. Members whose value is `nil` are left out.
    func serialized() -> [UInt8] {
        var output: [UInt8] = []
        write(to: &output, level: 0)
        output.append(UInt8(ascii: "\n"))
        return output
    }

    private func write(to output: inout [UInt8], level: Int) {
        switch self {
        case .string(let text):
            Self.write(text, to: &output)
        case .number(let value):
            output += "\(value)".utf8
        case .array(let elements):
            Self.writeList("[", "]", elements, to: &output, level: level) { element, output in
                element.write(to: &output, level: level + 1)
            }
        case .object(let members):
            let present = members.compactMap { member in member.value.map { (member.key, $0) } }
            Self.writeList("{", "}", present, to: &output, level: level) { member, output in
                Self.write(member.0, to: &output)
                output += ": ".utf8
                member.1.write(to: &output, level: level + 1)
            }
        }
    }

    private static func writeList<Element>(
        _ open: String, _ close: String, _ elements: [Element], to output: inout [UInt8], level: Int,
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        output += open.utf8
        for (index, element) in elements.enumerated() {
            output += (index == 0 ? "\n" : ",\n").utf8
            output += repeatElement(UInt8(ascii: " "), count: 2 * (level + 1))
            write(element, &output)
        }
        if !elements.isEmpty {
            output.append(UInt8(ascii: "\n"))
            output += repeatElement(UInt8(ascii: " "), count: 2 * level)
        }
        output += close.utf8
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
