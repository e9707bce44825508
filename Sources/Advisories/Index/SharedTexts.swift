/// The texts of all parts of the last build, and the numbers that those of each part have among them: what the next build would otherwise spend most
/// of its time on to find out again.
///
/// A cache of the very program that wrote it, as parts are. Everything is checked on reading, so a file that somebody made up can hold nonsense, but
/// cannot make the program stop.
public final class SharedTexts: Sendable {
    private static let magic = Array("ZTTEXTS\0".utf8)
    private static let version: UInt32 = 1
    private static let headSize = 24

    let pool: StringPool
    /// How many texts there were when all of them were searched for.
    let first: Int
    let numbering: TextNumbering
    private let places: [PartDigest: Range<Int>]
    private let numbers: [UInt32]

    /// Reads what ``Draft/write(to:)`` wrote; `nil` for anything but a whole file of this program's own format, and for one in which
    /// too many texts may be nobody's any more.
    public init?(path: String) {
        guard let file = FileMapping(path: path), file.bytes.count > Self.headSize,
            file.bytes[..<16].elementsEqual(Self.start.bytes),
            file.bytes[16..<24].elementsEqual(Self.check(file.bytes)),
            var columns = PartColumns(file.bytes, from: Self.headSize), let lengths = columns.next(),
            let table = columns.next(), let digests = columns.nextBytes(), let counts = columns.next(),
            let numbers = columns.next(below: UInt32(clamping: lengths.count)), let first = columns.next(),
            let names = columns.nextBytes(), names.count % TextNumbering.nameSize == 0, first.count == 1,
            lengths.count <= Int(first[0]) / 4 * 5 + 1024, let texts = columns.nextBytes(),
            columns.isAtEnd, let pool = StringPool(lengths: lengths, texts: texts, of: file, table: table),
            digests.count == counts.count * 32, counts.reduce(0, { $0 + Int($1) }) == numbers.count
        else { return nil }
        var (places, start) = ([PartDigest: Range<Int>](minimumCapacity: counts.count), 0)
        for (index, count) in counts.enumerated() {
            places[PartDigest(digests[index * 32..<index * 32 + 32])] = start..<start + Int(count)
            start += Int(count)
        }
        self.pool = pool
        self.first = Int(first[0])
        numbering = TextNumbering(
            names: stride(from: 0, to: names.count, by: TextNumbering.nameSize).map {
                Array(names[$0..<$0 + TextNumbering.nameSize])
            }, count: lengths.count)
        self.places = places
        self.numbers = numbers
    }

    /// The numbers of a part's texts; `nil` where it is another part, or has another number of texts.
    func numbers(of part: PartDigest, count: Int) -> [UInt32]? {
        places[part].flatMap { $0.count == count ? Array(numbers[$0]) : nil }
    }

    /// Whether the numbers of a part's texts are known.
    func knows(_ part: PartDigest) -> Bool { places[part] != nil }

    /// The texts of a builder, on their way to a file.
    public struct Draft: Sendable {
        let texts: StringPool
        let parts: [(digest: PartDigest, texts: [UInt32])]
        let first: Int
        let numbering: TextNumbering

        /// Writes them.
        ///
        /// - Throws: ``IndexBuildError/unwritable(path:step:reason:)``.
        public func write(to path: String) throws(IndexBuildError) {
            var body = SectionBytes()
            body.append(column: texts.lengths)
            body.append(column: texts.searchable)
            body.append(column: parts.flatMap(\.digest.bytes))
            body.append(column: parts.map { UInt32($0.texts.count) })
            body.append(column: parts.flatMap(\.texts))
            body.append(column: [UInt32(clamping: first)])
            body.append(column: numbering.names.flatMap(\.self))
            texts.append(to: &body)
            var head = SharedTexts.start
            let bytes = body.take()
            head.append(bytes.withUnsafeBytes { PageCheck.value($0) })
            try AtomicFile(path: path).write([head.take(), bytes], flushed: false)
        }
    }

    /// How a file begins.
    private static var start: SectionBytes {
        var start = SectionBytes()
        start.append(bytes: magic)
        start.append(UInt64(version))
        return start
    }

    /// The check of all behind the head.
    private static func check(_ file: UnsafeRawBufferPointer) -> [UInt8] {
        let value = PageCheck.value(UnsafeRawBufferPointer(rebasing: file[headSize...]))
        return withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// The texts that have the same numbers in one build and in the next.
struct TextNumbering: Sendable, Hashable {
    static let nameSize = 16

    /// One was drawn whenever texts were numbered: two builds that number other texts behind the same first ones do not go by one name.
    private(set) var names: [[UInt8]]
    /// Texts from the first that are numbered so.
    private(set) var count: Int

    /// The name of all of them.
    var name: [UInt8] { names.last ?? [] }

    /// Numbers from a file.
    init(names: [[UInt8]], count: Int) {
        self.names = names
        self.count = count
    }

    /// More texts behind those of a numbering, or all anew.
    init(extending known: TextNumbering?, to count: Int) {
        names = (known?.names ?? []) + [(0..<Self.nameSize).map { _ in UInt8.random(in: 0...255) }]
        self.count = count
    }
}
