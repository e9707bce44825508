/// The ways in which rpm keeps the headers of installed packages.
enum RPMDatabase: CaseIterable {
    /// Fedora 33, Red Hat 9, Amazon Linux 2023 and later.
    case sqlite
    /// SUSE, since 15.
    case ndb
    /// Everybody before.
    case berkeleyDB

    var fileName: String {
        switch self {
        case .sqlite: "rpmdb.sqlite"
        case .ndb: "Packages.db"
        case .berkeleyDB: "Packages"
        }
    }

    /// Calls `body` with each header, or with what keeps one or more from being read.
    ///
    /// - Parameters:
    ///   - file: The database.
    ///   - log: What is beside it under the same name and `-wal`; `nil` when there is nothing.
    /// - Throws: ``FileFault`` when nothing of it can be read.
    func forEachHeader(
        in file: PositionedFile, log: PositionedFile?, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) throws(FileFault) {
        switch self {
        case .ndb: try NDBFile.forEachHeader(in: file, body)
        case .berkeleyDB: try BerkeleyHashFile.forEachHeader(in: file, body)
        case .sqlite:
            var pages = try SQLitePages(file, log: usable(log, body))
            let root = try pages.root(ofTable: "Packages")
            pages.forEachRow(ofTree: root) { row in
                // Number of the package, header.
                body(Result { () throws(FileFault) in try SQLiteRow(try row.get()).blob(1) })
            }
        }
    }

    /// A log that cannot be read leaves what was brought over from it.
    private func usable(
        _ log: PositionedFile?, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) -> SQLiteLog? {
        do throws(FileFault) {
            return try log.flatMap { (log) throws(FileFault) in try SQLiteLog(log) }
        } catch {
            body(.failure(error))
            return nil
        }
    }
}
