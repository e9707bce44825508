extension JSONScanner {
    /// Reads a number: nothing but its grammar and that a double can hold it. Its value is worked out when somebody asks.
    mutating func number() throws(JSONDocumentError) {
        let start = position
        if byte == UInt8(ascii: "-") { position += 1 }
        if byte == UInt8(ascii: "0") {
            // Nothing but a point or exponent may follow a leading zero; a digit there is found as misplaced text.
            position += 1
        } else {
            try digits()
        }
        let whole = position
        if byte == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        let mantissa = position
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = UnsafeBufferPointer(rebasing: self.text[start..<position])
        // Fewer digits, and no exponent, are below the largest double.
        if position != mantissa || text.count > 300 {
            guard JSONNumber.double(text) != nil else { throw .numberOutOfRange }
        }
        note(position == whole ? .wholeNumber : .realNumber, from: start, count: text.count)
    }

    /// Reads digits, at least one.
    @inline(__always)
    private mutating func digits() throws(JSONDocumentError) {
        let start = position
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw fault("broken number") }
    }
}

/// The value of a number's text, which is known to be one.
enum JSONNumber {
    /// A whole number; `nil` when it does not fit.
    static func int(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        var value = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            let digit = Int(byte - UInt8(ascii: "0"))
            let (tens, isLarge) = value.multipliedReportingOverflow(by: 10)
            // Downwards, where there is room for one more.
            let (sum, isTooLarge) = tens.subtractingReportingOverflow(digit)
            guard !isLarge, !isTooLarge else { return nil }
            value = sum
        }
        return isNegative ? value : value == Int.min ? nil : -value
    }

    /// The nearest double; `nil` when none is that large.
    static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }
}
