/// The value of one attribute of a well-formed CPE name.
///
/// - Source: NISTIR 7695, section 5.3, <https://csrc.nist.gov/pubs/ir/7695/final>
public enum CPEValue: Sendable, Hashable {
    /// Any value, or none that was stated: `*` in a formatted string, nothing in a URI.
    case any
    /// The attribute has no meaning for the product: `-`.
    case notApplicable
    /// One value: lowercase, without any escapes, never empty.
    case literal(String)
    /// Several values, by wildcards at the ends.
    case pattern(CPEPattern)

    /// A value of ordinary text, in which nothing is an escape or a wildcard.
    ///
    /// - Parameter text: Empty means ``any``. ASCII capitals become small; bytes that no CPE name may hold (spaces, control
    ///   characters, anything outside of ASCII) become `_`, as the dictionary writes them.
    public init(text: String) {
        let bytes = text.utf8.map { $0 > 0x20 && $0 < 0x7f ? lowercase($0) : UInt8(ascii: "_") }
        self = bytes.isEmpty ? .any : .literal(String(decoding: bytes, as: UTF8.self))
    }

    /// The text of a literal; `nil` for everything else.
    public var text: String? {
        if case .literal(let text) = self { text } else { nil }
    }
}

/// A value with wildcards at its ends.
public struct CPEPattern: Sendable, Hashable {
    /// What one end of a pattern lets through.
    public enum End: Sendable, Hashable {
        /// Nothing: the value begins or ends here.
        case closed
        /// `*`: any number of characters, also none.
        case anything
        /// So many `?`: at most that many characters.
        case atMost(Int)
    }

    /// What stands between the wildcards: lowercase, without escapes; empty when there are wildcards alone.
    public let core: String
    /// What may stand before the core.
    public let leading: End
    /// What may stand behind the core.
    public let trailing: End

    init(core: String, leading: End, trailing: End) {
        self.core = core
        self.leading = leading
        self.trailing = trailing
    }

    /// Whether a literal value is one of those meant.
    ///
    /// A run of `?` takes as many characters or fewer, as the reference matching of NISTIR 7696 (section 6.3) has it.
    ///
    /// - Parameter text: A literal's text.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        let core = Array(core.utf8)
        guard text.count >= core.count else { return false }
        for start in 0...text.count - core.count {
            guard leading.admits(start) else { return false }
            guard trailing.admits(text.count - core.count - start) else { continue }
            if text[start..<start + core.count].elementsEqual(core) { return true }
        }
        return false
    }
}

extension CPEPattern.End {
    fileprivate func admits(_ count: Int) -> Bool {
        switch self {
        case .closed: count == 0
        case .anything: true
        case .atMost(let most): count <= most
        }
    }

    /// The wildcards as a formatted string has them.
    var wildcards: String {
        switch self {
        case .closed: ""
        case .anything: "*"
        case .atMost(let count): String(repeating: "?", count: count)
        }
    }
}

/// Collects the characters of one value.
struct CPEValueBuilder {
    private var core: [UInt8] = []
    private var leading = CPEPattern.End.closed
    private var trailing = CPEPattern.End.closed
    private var wildcardOffset = 0
    /// Whether every character so far was written without an escape, so that a lone `-` is the logical value.
    private var isPlain = true

    /// Takes a character that stands for itself.
    mutating func append(_ byte: UInt8, at offset: Int, escaped: Bool) throws(CPEError) {
        guard byte > 0x20, byte < 0x7f else { throw CPEError(at: offset, .invalidCharacter) }
        guard trailing == .closed else { throw CPEError(at: wildcardOffset, .misplacedWildcard) }
        if escaped { isPlain = false }
        core.append(lowercase(byte))
    }

    /// Takes a `*` or a `?` that stands for other characters.
    mutating func appendWildcard(_ byte: UInt8, at offset: Int) throws(CPEError) {
        wildcardOffset = offset
        let end = core.isEmpty ? leading : trailing
        let next: CPEPattern.End
        switch (end, byte == UInt8(ascii: "*")) {
        case (.closed, true): next = .anything
        case (.closed, false): next = .atMost(1)
        case (.atMost(let count), false): next = .atMost(count + 1)
        default: throw CPEError(at: offset, .misplacedWildcard)
        }
        if core.isEmpty { leading = next } else { trailing = next }
    }

    /// The value; nothing at all is ``CPEValue/any``.
    consuming func finish() -> CPEValue {
        let text = String(decoding: core, as: UTF8.self)
        if leading != .closed || trailing != .closed {
            if core.isEmpty, leading == .anything { return .any }
            return .pattern(CPEPattern(core: text, leading: leading, trailing: trailing))
        }
        if core.isEmpty { return .any }
        return isPlain && text == "-" ? .notApplicable : .literal(text)
    }
}
