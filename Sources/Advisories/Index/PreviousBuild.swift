/// An index that was built before, and what was noted beside it: the source of everything that did not change since.
///
/// The index built with its help has the same bytes as one built without. Whatever is wrong with either file, the build goes on without.
public struct PreviousBuild: Sendable, Hashable {
    /// The index file.
    public let index: String
    /// The file that ``IndexBuilder/write(to:notes:previous:)`` wrote beside it. It is a cache of the very program that wrote it: whoever
    /// keeps it sees to it that no other program reads it.
    public let notes: String

    /// Names the two files.
    public init(index: String, notes: String) {
        self.index = index
        self.notes = notes
    }

    /// The two files, read and checked.
    struct Content: Sendable {
        let index: PreviousIndex
        let notes: NameNotes
        let texts: IndexTextNumbers
    }

    /// Reads both; `nil` when one is not there, is damaged, or does not belong to the other.
    ///
    /// - Parameter numbering: The texts that the notes may tell by their numbers.
    func read(pool: StringPool, numbering: TextNumbering?) -> Content? {
        guard let opened = PreviousIndex(path: index),
            let notes = NameNotes(path: notes, index: opened.digest, numbering: numbering)
        else { return nil }
        return Content(index: opened, notes: notes, texts: IndexTextNumbers(opened, pool: pool))
    }
}
