/// Looks at neighbouring bytes. A regular expression would say the same and take minutes for what the tests ask.
extension String {
    /// Whether two neighbouring bytes fulfil a condition; 0 stands before the first and behind the last.
    func hasNeighbours(_ condition: (UInt8, UInt8) -> Bool) -> Bool {
        var previous: UInt8 = 0
        for byte in utf8 {
            if condition(previous, byte) { return true }
            previous = byte
        }
        return condition(previous, 0)
    }

    /// Whether so many digits stand side by side.
    func hasNumber(ofDigits count: Int) -> Bool {
        var digits = 0
        for byte in utf8 {
            digits = byte.isDigit ? digits + 1 : 0
            if digits == count { return true }
        }
        return false
    }

    /// Its runs of digits, runs of letters and other single bytes.
    var runs: [ArraySlice<UInt8>] {
        let bytes = Array(utf8)
        var runs: [ArraySlice<UInt8>] = []
        var start = 0
        for place in bytes.indices {
            let next = place + 1 < bytes.count ? bytes[place + 1] : 0
            if bytes[place].isDigit ? next.isDigit : bytes[place].isLetter && next.isLetter { continue }
            runs.append(bytes[start...place])
            start = place + 1
        }
        return runs
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isLetter: Bool { (0x61...0x7a).contains(self | 0x20) }
}
