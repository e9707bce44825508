/// Berkeley DB's hash format, in which rpm kept `Packages` until 2020: pages of keys and values, values that do not fit in chains of pages.
///
/// Numbers have the order of the machine that made the file. Pages are read one after the other, not by buckets: every page says by its type
/// whether it holds pairs.
///
/// - Source: `src/dbinc/db_page.h` of Berkeley DB 5.3, <https://github.com/berkeleydb/libdb/blob/v5.3.28/src/dbinc/db_page.h>
struct BerkeleyHashFile {
    private static let magic: UInt32 = 0x061561
    private static let pageHead = 26

    /// What a page says it is, in its byte 25.
    private enum PageType {
        static let unsortedHash: UInt8 = 2
        static let overflow: UInt8 = 7
        static let hashMetadata: UInt8 = 8
        static let hash: UInt8 = 13
    }

    /// What an item begins with.
    private enum ItemType {
        static let here: UInt8 = 1
        static let elsewhere: UInt8 = 3
    }

    private let file: PositionedFile
    private let order: ByteOrder
    private let pageSize: Int
    private let lastPage: UInt32
    /// How many pages of chains may still be read: in a sound file each is in one chain.
    private var unreadPages: Int

    private init(_ file: PositionedFile) throws(FileFault) {
        self.file = file
        let head = try file.read(at: 0, count: 512)
        guard let order = try Self.order(of: head) else { throw .damaged("not a Berkeley DB hash file") }
        self.order = order
        pageSize = Int(try head.uint32(at: 20, order))
        lastPage = try head.uint32(at: 32, order)
        guard (512...65_536).contains(pageSize), pageSize & (pageSize - 1) == 0,
            try head.uint8(at: 25) == PageType.hashMetadata
        else { throw .damaged("not a Berkeley DB hash file") }
        // rpm never asked for either; both make the heads of pages longer.
        guard try head.uint8(at: 24) == 0, try head.uint8(at: 26) & 1 == 0 else {
            throw .damaged("encrypted, or with checksums")
        }
        unreadPages = file.size / pageSize
    }

    private static func order(of head: ArraySlice<UInt8>) throws(FileFault) -> ByteOrder? {
        if try head.uint32(at: 12, .little) == magic { return .little }
        return try head.uint32(at: 12, .big) == magic ? .big : nil
    }

    /// Calls `body` with each header or what is wrong with it.
    ///
    /// - Throws: ``FileFault`` when the file is none of this format.
    static func forEachHeader(
        in file: PositionedFile, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) throws(FileFault) {
        var reader = try BerkeleyHashFile(file)
        guard reader.lastPage > 0 else { return }
        for page in 1...reader.lastPage {
            // A file that was cut off would else give a warning for each page that it lacks.
            let bytes = try file.read(at: Int(page) * reader.pageSize, count: reader.pageSize)
            do throws(FileFault) {
                try reader.readPairs(of: bytes, body)
            } catch {
                body(.failure(error))
            }
        }
    }

    private mutating func readPairs(
        of page: ArraySlice<UInt8>, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) throws(FileFault) {
        let type = try page.uint8(at: 25)
        guard type == PageType.hash || type == PageType.unsortedHash else { return }
        let count = Int(try page.uint16(at: 20, order))
        guard count % 2 == 0 else { throw .damaged("a page has a key without value") }
        for pair in 0..<count / 2 {
            let key = try item(pair * 2, of: page)
            // Under number 0 stands the highest number given, which is no package.
            if key.dropFirst().allSatisfy({ $0 == 0 }) { continue }
            do throws(FileFault) {
                body(.success(try value(try item(pair * 2 + 1, of: page))))
            } catch {
                body(.failure(error))
                if unreadPages <= 0 { return }
            }
        }
    }

    /// An item with its type: it ends where the one before it begins, the first one where the page ends.
    private func item(_ number: Int, of page: ArraySlice<UInt8>) throws(FileFault) -> ArraySlice<UInt8> {
        let start = Int(try page.uint16(at: Self.pageHead + number * 2, order))
        let end = number == 0 ? pageSize : Int(try page.uint16(at: Self.pageHead + (number - 1) * 2, order))
        guard start < end else { throw .damaged("items of a page overlap") }
        return try page.part(at: start, count: end - start)
    }

    private mutating func value(_ item: ArraySlice<UInt8>) throws(FileFault) -> ArraySlice<UInt8> {
        switch try item.uint8(at: 0) {
        case ItemType.here:
            return item.dropFirst()
        case ItemType.elsewhere:
            return try chain(from: try item.uint32(at: 4, order), length: Int(try item.uint32(at: 8, order)))
        case let type:
            throw .damaged("an item of type \(type)")
        }
    }

    private mutating func chain(from first: UInt32, length: Int) throws(FileFault) -> ArraySlice<UInt8> {
        guard length <= RPMHeader.maximumSize else { throw .tooLong(limit: RPMHeader.maximumSize) }
        var bytes: [UInt8] = []
        var next = first
        while bytes.count < length {
            guard next != 0 else { throw .damaged("a chain of pages ends early") }
            guard unreadPages > 0 else { throw .damaged("its pages form a loop") }
            unreadPages -= 1
            let page = try file.read(at: Int(next) * pageSize, count: pageSize)
            guard try page.uint8(at: 25) == PageType.overflow else { throw .damaged("a chain leads to another page") }
            let part = try page.part(at: Self.pageHead, count: Int(try page.uint16(at: 22, order)))
            guard !part.isEmpty else { throw .damaged("a chain has an empty page") }
            bytes += part
            next = try page.uint32(at: 16, order)
        }
        guard bytes.count == length else { throw .damaged("a chain of pages is longer than its item") }
        return bytes[...]
    }
}
