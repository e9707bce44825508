/// One value of a document, or the name of a member. Entries stand in the order of the text: behind an array its elements, behind an object its
/// members, each a name and a value.
struct JSONEntry {
    enum Kind: UInt8 {
        case null, yes, no
        /// A number without point and exponent.
        case wholeNumber
        case realNumber
        case string, array, object
    }

    let kind: Kind
    /// Where the next entry begins that is not part of this value. Of an array or object that is still open, the place of the one around it.
    var end: UInt32
    /// Where the text of a string or number begins.
    let start: UInt32
    /// Bytes of a string, without escapes, or of a number; elements of an array, members of an object.
    var count: UInt32
}
