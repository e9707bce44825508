/// The pages of an SQLite database as a reader sees them: from the log where it has a newer form, else from the file.
///
/// SQLite itself would read them too, but it opens by path, which may lead out of the scanned root; and of a database with a log it
/// creates files beside it, writes the log back, or, told to leave all as it is, does not see the log. To walk one table takes
/// only what is in this folder.
///
/// - Source: <https://www.sqlite.org/fileformat2.html>
struct SQLitePages {
    /// What a page has for its content; some databases keep bytes at the end for other purposes.
    let usableSize: Int

    private let file: PositionedFile
    private let log: SQLiteLog?
    private let pageSize: Int

    /// How many pages may still be read: in a sound database, each belongs to one place of one tree.
    private var unread: Int

    /// Whether pages were asked for more often than there are pages, after which none is read any more.
    private(set) var isExhausted = false

    /// - Parameter log: `nil` when there is no log.
    init(_ file: PositionedFile, log: SQLiteLog?) throws(FileFault) {
        self.file = file
        self.log = log
        let head: ArraySlice<UInt8>
        if let log, let place = log.places[1] {
            head = try log.file.read(at: place, count: 100)
        } else {
            head = try file.read(at: 0, count: 100)
        }
        guard head.starts(with: "SQLite format 3\0".utf8) else { throw .damaged("not an SQLite database") }
        let size = Int(try head.uint16(at: 16, .big))
        pageSize = size == 1 ? 65_536 : size
        guard Self.isPageSize(pageSize), pageSize == log?.pageSize ?? pageSize else {
            throw .damaged("pages of \(pageSize) bytes")
        }
        usableSize = pageSize - Int(try head.uint8(at: 20))
        guard usableSize >= 480 else { throw .damaged("pages of \(usableSize) usable bytes") }
        unread = file.size / pageSize + (log?.places.count ?? 0)
    }

    static func isPageSize(_ size: Int) -> Bool { (512...65_536).contains(size) && size & (size - 1) == 0 }

    /// Reads a page, without the bytes at its end that are no content.
    mutating func page(_ number: UInt32) throws(FileFault) -> ArraySlice<UInt8> {
        guard number > 0 else { throw .damaged("a tree leads to page 0") }
        guard unread > 0 else {
            isExhausted = true
            throw .damaged("its pages form a loop")
        }
        unread -= 1
        if let log, let place = log.places[number] {
            return try log.file.read(at: place, count: usableSize)
        }
        return try file.read(at: (Int(number) - 1) * pageSize, count: usableSize)
    }
}
