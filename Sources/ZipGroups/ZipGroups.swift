import CZip
import Glibc
import Synchronization

/// The entries of a zip in groups that are read by themselves: what reads an archive by groups need not read those again that are what they were.
///
/// Which group an entry is in follows from its name and from about how many entries there are. One thread at a time reads.
///
/// - Source: libzip, <https://libzip.org/documentation/>.
public final class ZipGroups: Sendable {
    /// Entries in a group, about: a changed entry costs the reading of that many, and each group something of its own.
    private static let target = 256
    /// Largest file that is read, in bytes: it is held in memory, so what was told of a group is true when it is read.
    private static let sizeLimit = 256 << 20

    /// What the directory says of an entry.
    private struct Entry {
        let index: UInt64
        let name: String
        let size: Int
        let packedSize: Int
        let checksum: UInt32
        let isDeflated: Bool
    }

    private let archive: Mutex<OpenZip>
    private let groups: [[Entry]]

    /// The names of all entries.
    public var names: Set<String> { Set(groups.joined().map(\.name)) }

    /// Reads a directory; `nil` for a file that is better read as a whole, such as a damaged one.
    ///
    /// - Parameters:
    ///   - names: Entries that are left out.
    ///   - entryLimit: The most bytes an entry may unpack to.
    ///   - totalLimit: The most bytes that all entries may unpack to together.
    ///   - countLimit: The most entries there may be.
    public init?(
        of path: String, except names: Set<String> = [], entryLimit: Int, totalLimit: Int, countLimit: Int
    ) {
        guard let archive = OpenZip(path: path, sizeLimit: Self.sizeLimit) else { return nil }
        let count = zip_get_num_entries(archive.handle, 0)
        guard count > 0, count <= countLimit else { return nil }
        var (entries, total): ([Entry], Int) = ([], 0)
        entries.reserveCapacity(Int(count))
        for index in 0..<UInt64(count) {
            guard let entry = Self.entry(index, of: archive), entry.size <= min(entryLimit, totalLimit - total) else {
                return nil
            }
            total += entry.size
            entries.append(entry)
        }
        self.archive = Mutex(archive)
        groups = Self.groups(of: entries, except: names)
    }

    private static func groups(of entries: [Entry], except names: Set<String>) -> [[Entry]] {
        var count = 1
        while count * target < entries.count { count *= 2 }
        var groups = [[Entry]](repeating: [], count: count)
        for entry in entries where names.isEmpty || !names.contains(entry.name) {
            groups[Int(hash(entry.name) & UInt64(count - 1))].append(entry)
        }
        return groups.filter { !$0.isEmpty }.map { $0.sorted { $0.name < $1.name } }
    }

    /// An entry's part of the directory; `nil` for one that is no plain file.
    private static func entry(_ index: UInt64, of archive: borrowing OpenZip) -> Entry? {
        var status = zip_stat_t()
        let all = UInt64(
            ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD
                | ZIP_STAT_ENCRYPTION_METHOD)
        var (system, attributes): (UInt8, UInt32) = (0, 0)
        guard zip_stat_index(archive.handle, index, UInt32(ZIP_FL_ENC_RAW), &status) == 0, status.valid & all == all,
            status.encryption_method == ZIP_EM_NONE,
            status.comp_method == ZIP_CM_STORE || status.comp_method == ZIP_CM_DEFLATE,
            let size = Int(exactly: status.size), let packed = Int(exactly: status.comp_size),
            packed <= sizeLimit, let start = status.name,
            zip_file_get_external_attributes(archive.handle, index, 0, &system, &attributes) == 0,
            system != ZIP_OPSYS_UNIX || [0, Glibc.S_IFREG].contains(attributes >> 16 & Glibc.S_IFMT)
        else { return nil }
        let name = String(cString: start)
        // libzip puts a space for a NUL, where libarchive ends the name.
        guard !name.isEmpty, !name.hasSuffix("/"), name.utf8.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
            return nil
        }
        return Entry(
            index: index, name: name, size: size, packedSize: packed, checksum: status.crc,
            isDeflated: status.comp_method == ZIP_CM_DEFLATE)
    }

    /// FNV-1a.
    private static func hash(_ name: String) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return state ^ (state >> 32)
    }

    /// How many groups there are, none of them empty.
    public var count: Int { groups.count }

    /// Everything that reading a group depends on: for each of its entries, by name, the name, sizes, checksum, method and packed bytes.
    ///
    /// - Throws: ``ZipGroupsError``.
    public func packed(_ number: Int) throws(ZipGroupsError) -> [UInt8] {
        let entries = groups[number]
        return try archive.withLock { archive throws(ZipGroupsError) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(entries.reduce(0) { $0 + $1.packedSize + 64 })
            for entry in entries {
                bytes += entry.name.utf8
                // No name holds such a byte.
                bytes.append(0)
                for number in [entry.size, entry.packedSize, Int(entry.checksum), entry.isDeflated ? 1 : 0] {
                    withUnsafeBytes(of: UInt64(number).littleEndian) { bytes += $0 }
                }
                bytes += try archive.read(
                    entry.index, name: entry.name, size: entry.packedSize, flags: UInt32(ZIP_FL_COMPRESSED))
            }
            return bytes
        }
    }

    /// Hands over the entries of a group by name, each whole; their checksums are verified.
    ///
    /// - Parameter body: Its errors end the reading and pass through.
    /// - Throws: ``ZipGroupsError``, or what `body` throws.
    public func forEachEntry(of number: Int, _ body: (_ name: String, _ bytes: [UInt8]) throws -> Void) throws {
        for entry in groups[number] {
            let bytes = try archive.withLock { archive throws(ZipGroupsError) in
                try archive.read(entry.index, name: entry.name, size: entry.size, flags: 0)
            }
            try body(entry.name, bytes)
        }
    }
}

/// A zip that cannot be read by groups after all.
public struct ZipGroupsError: Error, Sendable, Hashable {
    /// The entry that is damaged.
    public let entry: String
}

/// An archive in memory under libzip.
private struct OpenZip: ~Copyable, @unchecked Sendable {
    // Used by whoever holds it: libzip's handle is one thread's at a time.
    let handle: OpaquePointer
    private let bytes: UnsafeMutableRawBufferPointer

    /// Opens a file whose directory and entries agree.
    init?(path: String, sizeLimit: Int) {
        guard let bytes = Self.content(path, limit: sizeLimit) else { return nil }
        guard Self.hasOneDirectory(UnsafeRawBufferPointer(bytes)) else {
            bytes.deallocate()
            return nil
        }
        guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, nil) else {
            bytes.deallocate()
            return nil
        }
        guard let handle = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, nil) else {
            zip_source_free(source)
            bytes.deallocate()
            return nil
        }
        self.handle = handle
        self.bytes = bytes
    }

    /// Whether there is one place that looks like the end of a directory, nothing behind it, and the directory right before it. Readers look
    /// for the end from the end on and for the directory where it is said to be or before its end: where these are two, different readers
    /// take different ones, and find different entries.
    ///
    /// - Source: APPNOTE.TXT 4.3.14 to 4.3.16.
    private static func hasOneDirectory(_ zip: UnsafeRawBufferPointer) -> Bool {
        let (mark, size): ([UInt8], Int) = ([0x50, 0x4B, 5, 6], 22)
        guard zip.count >= size, zip[(zip.count - size)...].starts(with: mark) else { return false }
        let end = zip.count - size
        let reach = max(0, end - Int(UInt16.max))
        guard !(reach..<end).contains(where: { zip[$0] == mark[0] && zip[$0...].starts(with: mark) }) else {
            return false
        }
        func number<N: FixedWidthInteger>(at offset: Int, _: N.Type) -> UInt64 {
            UInt64(truncatingIfNeeded: N(littleEndian: zip.loadUnaligned(fromByteOffset: offset, as: N.self)))
        }
        var (directory, behind) = (number(at: end + 12, UInt32.self), end)
        var start = number(at: end + 16, UInt32.self)
        if end >= 76, zip[(end - 20)...].starts(with: [0x50, 0x4B, 6, 7]) {
            behind = end - 76
            guard zip[behind...].starts(with: [0x50, 0x4B, 6, 6]), number(at: end - 12, UInt64.self) == behind else {
                return false
            }
            (directory, start) = (number(at: behind + 40, UInt64.self), number(at: behind + 48, UInt64.self))
        }
        let (sum, overflow) = start.addingReportingOverflow(directory)
        return !overflow && sum == behind
    }

    deinit {
        zip_discard(handle)
        bytes.deallocate()
    }

    private static func content(_ path: String, limit: Int) -> UnsafeMutableRawBufferPointer? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & Glibc.S_IFMT == Glibc.S_IFREG, status.st_size > 0,
            status.st_size <= limit
        else { return nil }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(status.st_size), alignment: 16)
        var used = 0
        while used < bytes.count {
            let count = Glibc.read(descriptor, bytes.baseAddress.map { $0 + used }, bytes.count - used)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            used += count
        }
        if used == bytes.count { return bytes }
        bytes.deallocate()
        return nil
    }

    /// Reads an entry to its end.
    func read(_ index: UInt64, name: String, size: Int, flags: UInt32) throws(ZipGroupsError) -> [UInt8] {
        guard let file = zip_fopen_index(handle, index, flags) else { throw ZipGroupsError(entry: name) }
        defer { zip_fclose(file) }
        // One byte more than there should be: its end is where libzip compares the checksum.
        let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, used in
            while used <= size {
                let count = zip_fread(file, buffer.baseAddress.map { $0 + used }, UInt64(size + 1 - used))
                if count < 0 { used = 0 }
                guard count > 0 else { return }
                used += Int(count)
            }
        }
        var failure: Int32 = 0
        zip_file_error_get(file, &failure, nil)
        guard failure == 0, bytes.count == size else { throw ZipGroupsError(entry: name) }
        return bytes
    }
}
