/// Why a text or a set of components is no package URL, and where.
public struct PackageURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The part of the package URL that is wrong.
    public enum Component: String, Sendable, Hashable {
        case text, scheme, type, namespace, name, version, qualifiers, subpath
    }

    /// What is wrong with it.
    public enum Reason: String, Sendable, Hashable {
        /// The text, or the canonical text it would have, is longer than ``PackageURL/maximumLength``.
        case tooLong = "is too long"
        /// The scheme is not `pkg:`.
        case missingScheme = "does not start with pkg:"
        /// A part that must be there is not.
        case empty = "is empty"
        /// A character that may not stand there, such as `&` in a type or a control character anywhere.
        case invalidCharacter = "has a character that is not allowed"
        /// A `%` without two hexadecimal digits after it.
        case brokenEscape = "has a percent sign without two hexadecimal digits"
        /// The bytes, once percent-decoded, are not UTF-8.
        case notUTF8 = "is not UTF-8"
        /// A segment of a namespace or subpath that holds a slash once decoded.
        case encodedSlash = "has an encoded slash in a segment"
        /// A qualifier without `=`.
        case missingValue = "has a key without a value"
        /// A qualifier key that occurs twice.
        case duplicateKey = "has the same key twice"
        /// The type demands a namespace, as `swift` does.
        case namespaceRequired = "is required by the type"
        /// The type has no namespaces, as `vcpkg` has none.
        case namespaceProhibited = "is not allowed by the type"
        /// The type demands a qualifier, as `julia` demands `uuid`.
        case qualifierRequired = "lack the one that the type requires"
        /// The type's names or versions are written in another way, as those of `chrome-extension`.
        case invalidForType = "is not of the form that the type requires"
    }

    /// The part that is wrong.
    public let component: Component
    /// Offset in bytes of UTF-8, from 0: in the text when it was parsed, in the component's text when it was built.
    public let position: Int
    /// What is wrong there.
    public let reason: Reason

    init(_ component: Component, at position: Int, _ reason: Reason) {
        self.component = component
        self.position = position
        self.reason = reason
    }

    /// One line that names part, reason and place, without the text itself.
    public var description: String {
        "package URL: \(component.rawValue) \(reason.rawValue) (byte \(position))"
    }
}
