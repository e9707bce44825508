extension SQLitePages {
    /// As SQLite bounds it: trees of the smallest pages are not deeper for the largest databases.
    private static let maximumDepth = 20

    private enum PageType {
        static let interior: UInt8 = 5
        static let leaf: UInt8 = 13
    }

    /// Where the tree of a table begins.
    ///
    /// - Throws: ``FileFault`` when there is no such table.
    mutating func root(ofTable name: String) throws(FileFault) -> UInt32 {
        var root: UInt32?
        var fault: FileFault?
        // The schema is a table itself: type, name, table, root, text.
        forEachRow(ofTree: 1) { row in
            do throws(FileFault) {
                let row = try SQLiteRow(try row.get())
                guard try row.text(0) == "table", try row.text(1) == name else { return }
                root = UInt32(exactly: try row.number(3))
            } catch { fault = fault ?? error }
        }
        if let root { return root }
        throw fault ?? .damaged("no table \(name)")
    }

    /// Calls `body` with the bytes of each row of a table, or with what keeps some rows from being read.
    mutating func forEachRow(ofTree root: UInt32, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void) {
        visit(root, depth: 0, body)
    }

    private mutating func visit(
        _ number: UInt32, depth: Int, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) {
        guard !isExhausted else { return }
        do throws(FileFault) {
            guard depth < Self.maximumDepth else { throw .damaged("a tree is deeper than \(Self.maximumDepth) pages") }
            let page = try page(number)
            // The first page begins with the head of the file.
            let head = number == 1 ? 100 : 0
            let count = Int(try page.uint16(at: head + 3, .big))
            switch try page.uint8(at: head) {
            case PageType.leaf:
                readRows(of: page, pointers: head + 8, count: count, body)
            case PageType.interior:
                for index in 0..<count {
                    let cell = Int(try page.uint16(at: head + 12 + index * 2, .big))
                    visit(try page.uint32(at: cell, .big), depth: depth + 1, body)
                }
                visit(try page.uint32(at: head + 8, .big), depth: depth + 1, body)
            case let type:
                throw .damaged("page \(number) of type \(type) in the tree of a table")
            }
        } catch {
            body(.failure(error))
        }
    }

    private mutating func readRows(
        of page: ArraySlice<UInt8>, pointers: Int, count: Int,
        _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) {
        for index in 0..<count where !isExhausted {
            body(
                Result { () throws(FileFault) in
                    try payload(at: Int(try page.uint16(at: pointers + index * 2, .big)), of: page)
                })
        }
    }

    /// A row's bytes: the first of them in its cell, the others in a chain of pages.
    private mutating func payload(at offset: Int, of page: ArraySlice<UInt8>) throws(FileFault) -> ArraySlice<UInt8> {
        var cell = try page.part(at: offset, count: page.count - min(offset, page.count))
        let length = Int(clamping: try SQLiteRow.variableNumber(&cell))
        _ = try SQLiteRow.variableNumber(&cell)
        guard length <= RPMHeader.maximumSize else { throw .tooLong(limit: RPMHeader.maximumSize) }
        let here = bytesInCell(of: length)
        if here == length { return try cell.part(at: 0, count: length) }
        var bytes = Array(try cell.part(at: 0, count: here))
        var next = try cell.uint32(at: here, .big)
        while bytes.count < length {
            guard next != 0 else { throw .damaged("a chain of pages ends early") }
            let page = try self.page(next)
            next = try page.uint32(at: 0, .big)
            bytes += page.dropFirst(4).prefix(length - bytes.count)
        }
        return bytes[...]
    }

    /// How much of a row is in its cell.
    ///
    /// - Source: <https://www.sqlite.org/fileformat2.html#b_tree_pages>, "computation of the amount of payload that spills"
    private func bytesInCell(of length: Int) -> Int {
        let most = usableSize - 35
        guard length > most else { return length }
        let least = (usableSize - 12) * 32 / 255 - 23
        let fitting = least + (length - least) % (usableSize - 4)
        return fitting <= most ? fitting : least
    }
}
