/// Finds the first byte at which a text stops being JSON (RFC 8259), for error messages.
///
/// It runs only on documents that were refused already, so it favours plainness over speed. It does not recurse.
struct JSONFaultLocator {
    enum Fault: Equatable {
        case syntax(offset: Int, reason: String)
        case encoding(offset: Int)
        case depth
    }

    /// Where in the grammar the scan stands.
    private enum Expectation {
        case value, valueOrEndOfArray, nameOrEndOfObject, name, colon, separator, nothing
    }

    private let text: UnsafeRawBufferPointer
    private let maximumDepth: Int
    private var position = 0
    /// The open containers, innermost last; `true` for an object.
    private var open: [Bool] = []

    /// The first fault, or `nil` when the text is JSON after all (for instance with a number out of range).
    static func firstFault(in text: UnsafeRawBufferPointer, maximumDepth: Int) -> Fault? {
        var locator = JSONFaultLocator(text: text, maximumDepth: maximumDepth)
        let fault = locator.scan()
        // A broken sequence before the fault was the reason; one behind it would not have been reached.
        let end = fault.flatMap { if case .syntax(let offset, _) = $0 { offset } else { nil } } ?? text.count
        return firstInvalidUTF8(in: text).flatMap { $0 < end ? .encoding(offset: $0) : nil } ?? fault
    }

    private init(text: UnsafeRawBufferPointer, maximumDepth: Int) {
        self.text = text
        self.maximumDepth = maximumDepth
    }

    private var current: UInt8? { position < text.count ? text[position] : nil }

    private func fault(_ reason: String) -> Fault {
        .syntax(offset: position, reason: position < text.count ? reason : "unexpected end")
    }

    private mutating func scan() -> Fault? {
        var expectation = Expectation.value
        while true {
            skipWhitespace()
            if expectation == .nothing { return current == nil ? nil : fault("text behind the document") }
            switch step(expectation) {
            case .success(let next): expectation = next
            case .failure(let stop): return stop.fault
            }
        }
    }

    private struct Stop: Error { let fault: Fault }

    private mutating func step(_ expectation: Expectation) -> Result<Expectation, Stop> {
        switch (expectation, current) {
        case (.valueOrEndOfArray, UInt8(ascii: "]")), (.nameOrEndOfObject, UInt8(ascii: "}")): return close()
        case (.value, _), (.valueOrEndOfArray, _): return value()
        case (.name, UInt8(ascii: "\"")), (.nameOrEndOfObject, UInt8(ascii: "\"")): return string(then: .colon)
        case (.name, _), (.nameOrEndOfObject, _): return failing("expected a name in quotes")
        case (.colon, UInt8(ascii: ":")): return advancing(to: .value)
        case (.colon, _): return failing("expected a colon")
        case (.separator, _): return separator()
        case (.nothing, _): return .success(.nothing)
        }
    }

    private func failing(_ reason: String) -> Result<Expectation, Stop> {
        .failure(Stop(fault: fault(reason)))
    }

    private mutating func advancing(to next: Expectation) -> Result<Expectation, Stop> {
        position += 1
        return .success(next)
    }

    private var afterValue: Expectation { open.isEmpty ? .nothing : .separator }

    private mutating func close() -> Result<Expectation, Stop> {
        open.removeLast()
        return advancing(to: afterValue)
    }

    private mutating func separator() -> Result<Expectation, Stop> {
        let isObject = open.last ?? false
        switch current {
        case UInt8(ascii: ","): return advancing(to: isObject ? .name : .value)
        case UInt8(ascii: "]") where !isObject: return close()
        case UInt8(ascii: "}") where isObject: return close()
        default: return failing(isObject ? "expected a comma or }" : "expected a comma or ]")
        }
    }

    private mutating func value() -> Result<Expectation, Stop> {
        switch current {
        case UInt8(ascii: "{"): return opening(isObject: true)
        case UInt8(ascii: "["): return opening(isObject: false)
        case UInt8(ascii: "\""): return string(then: afterValue)
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        case let byte? where byte == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte: return number()
        default: return failing("expected a value")
        }
    }

    private mutating func opening(isObject: Bool) -> Result<Expectation, Stop> {
        guard open.count < maximumDepth else { return .failure(Stop(fault: .depth)) }
        open.append(isObject)
        return advancing(to: isObject ? .nameOrEndOfObject : .valueOrEndOfArray)
    }

    private mutating func literal(_ word: StaticString) -> Result<Expectation, Stop> {
        let matches = word.withUTF8Buffer { text[position...].starts(with: $0) }
        guard matches else { return failing("expected a value") }
        position += word.utf8CodeUnitCount
        return .success(afterValue)
    }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}

extension JSONFaultLocator {
    private mutating func string(then next: Expectation) -> Result<Expectation, Stop> {
        position += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""): return advancing(to: next)
            case 0..<0x20: return failing("control character in a string")
            case UInt8(ascii: "\\"): if let stop = escape() { return .failure(stop) }
            default: position += 1
            }
        }
        return failing("unexpected end")
    }

    private mutating func escape() -> Stop? {
        let start = position
        position += 1
        switch current {
        case UInt8(ascii: "u"):
            guard let unit = hexUnit() else { return Stop(fault: .syntax(offset: start, reason: "broken escape")) }
            return surrogateFault(unit, at: start)
        case .some(let byte) where "\"\\/bfnrt".utf8.contains(byte):
            position += 1
            return nil
        default:
            return Stop(fault: .syntax(offset: start, reason: "unknown escape"))
        }
    }

    /// Reads `uXXXX`, standing on the `u`.
    private mutating func hexUnit() -> UInt16? {
        guard position + 4 < text.count else { return nil }
        let digits = String(decoding: text[(position + 1)...(position + 4)], as: UTF8.self)
        // The conversion would take a sign, too.
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let unit = UInt16(digits, radix: 16)
        else { return nil }
        position += 5
        return unit
    }

    /// A high surrogate must be followed by the escape of a low one, and a low one must not stand alone.
    private mutating func surrogateFault(_ unit: UInt16, at start: Int) -> Stop? {
        let lone = Stop(fault: .syntax(offset: start, reason: "lone surrogate"))
        if 0xDC00...0xDFFF ~= unit { return lone }
        guard 0xD800...0xDBFF ~= unit else { return nil }
        guard text[position...].starts(with: "\\u".utf8) else { return lone }
        position += 1
        guard let low = hexUnit(), 0xDC00...0xDFFF ~= low else { return lone }
        return nil
    }

    private mutating func number() -> Result<Expectation, Stop> {
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            // Nothing but a point or exponent may follow a leading zero; a digit there is found as misplaced text.
            position += 1
        } else {
            guard digits() > 0 else { return failing("broken number") }
        }
        if current == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { return failing("broken number") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { return failing("broken number") }
        }
        return .success(afterValue)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        return position - start
    }

    /// The first byte that begins no valid UTF-8 sequence; `nil` when all do.
    private static func firstInvalidUTF8(in text: UnsafeRawBufferPointer) -> Int? {
        var decoder = Unicode.UTF8.ForwardParser()
        var bytes = text.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &bytes) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}
