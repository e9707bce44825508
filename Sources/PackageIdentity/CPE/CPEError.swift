/// Why a text is no CPE name, and where.
public struct CPEError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the text.
    public enum Reason: String, Sendable, Hashable {
        /// The text is longer than ``CPEName/maximumLength``.
        case tooLong = "is too long"
        /// The text begins neither with `cpe:/` nor with `cpe:2.3:`.
        case unknownForm = "begins neither with cpe:/ nor with cpe:2.3:"
        /// The part is neither `a`, `o`, `h`, nor a logical value.
        case invalidPart = "has a part other than a, o and h"
        /// A space, a control character or a byte outside of ASCII.
        case invalidCharacter = "has a character that is not allowed"
        /// A backslash with nothing behind it, or a percent sign without two hexadecimal digits.
        case brokenEscape = "has an escape that is not whole"
        /// A wildcard that stands neither at the beginning nor at the end of a value, or two kinds of them in one place.
        case misplacedWildcard = "has a wildcard inside of a value"
        /// More components than the form has.
        case tooManyComponents = "has too many components"
    }

    /// Offset in bytes of UTF-8, from 0.
    public let offset: Int
    /// What is wrong there.
    public let reason: Reason

    init(at offset: Int, _ reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// One line that names reason and place, without the text itself.
    public var description: String { "CPE name: \(reason.rawValue) (byte \(offset))" }
}
