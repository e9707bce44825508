import Crypto
import PackageIdentity
import Versioning

/// The layout of an advisory index file, shared by the builder and the reader. `Docs/index-format.md` is its description.
///
/// What the reader asks for at every step is public although it is nobody's but the package's: the compiler puts the numbers of another module
/// into the code only of public declarations, and a reader that divides by a number it must fetch first spends more time on that than on
/// reading.
public enum IndexFormat {
    /// The first eight bytes of every index.
    package static let magic: [UInt8] = Array("ZTINDEX\n".utf8)
    /// The only format written and read. A change of any record raises it.
    package static let version: UInt32 = 2
    /// Bytes before the first section.
    public static let headerSize = 1024
    /// Where the digest of the section `checks` stands.
    package static let checksDigestOffset = 896
    /// Bytes that one check covers; the first begins behind the header.
    public static let pageSize = 4096
    /// Where the digest of the header itself stands: its last 32 bytes.
    package static let headerDigestOffset = 992
    /// Where the section table stands.
    package static let sectionTableOffset = 80
    /// Bytes of one line of the section table.
    package static let sectionTableStride = 24
    /// Sections begin at multiples of this, so that no record of 8 or 16 bytes straddles a cache line.
    package static let alignment = 64
    /// What stands in the release of an RPM package of a module.
    package static let moduleMark = Array(".module".utf8)
    /// What stands in the release of RPM packages built apart from the distribution's own: Rocky Linux's cloud interest group, Oracle's
    /// Ksplice and validated (FIPS) flavours, <https://github.com/aquasecurity/trivy/issues/1967>.
    package static let buildMarks = [Array(".cloud".utf8), Array(".ksplice".utf8), Array("_fips".utf8)]
    /// "There is none" in a field that holds a position.
    public static let none = UInt32.max
    /// "There is none" in a field that holds a time.
    public static let noTime = Int64.min

    /// Mixes a scope and a name into the hash that places it in the slot table.
    ///
    /// Eight bytes at a time, each step a multiplication to 128 bits whose halves are joined. The table is built from advisories alone, so
    /// looked-up names cannot lengthen its probe sequences.
    @inline(__always)
    package static func hash(scope: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer) -> UInt64 {
        let state = mix(0x9e37_79b9_7f4a_7c15, scope)
        return mix(state, name)
    }

    @inline(__always)
    private static func mix(_ seed: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = fold(seed ^ UInt64(truncatingIfNeeded: bytes.count), 0xa076_1d64_78bd_642f)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state = fold(state ^ word, 0xe703_7ed1_a0b4_28db)
            offset &+= 8
        }
        var last: UInt64 = 0
        while offset < bytes.count {
            last = last << 8 | UInt64(bytes[offset])
            offset &+= 1
        }
        return fold(state ^ last, 0x8ebc_6af0_9c88_c6e3)
    }

    @inline(__always)
    private static func fold(_ lhs: UInt64, _ rhs: UInt64) -> UInt64 {
        let product = lhs.multipliedFullWidth(by: rhs)
        return product.high ^ product.low
    }

    /// How versions are read, of advisories and of packages: as they are written, not only as the ecosystem's tool would have them.
    package static let reading = VersionReading.tolerant

    /// Eight bytes that change when the version keys of any ordering change, or the spelling under which names are filed, or the marks of
    /// builds apart.
    ///
    /// Keys and names in a file may be compared only with those made by the same rules. This is the head of a SHA-256 over the keys that
    /// this program makes from a fixed set of telling versions, and the names from telling names, so nobody has to remember to raise a number:
    /// a test works it out and says what must stand here. A program that worked it out itself would spend a fiftieth of a match on it.
    package static let versionKeyFingerprint: [UInt8] = [0x24, 0x00, 0x08, 0xDF, 0xC3, 0x40, 0x29, 0x54]

    /// The fingerprint of a program with these rules for names and these marks.
    static func fingerprint(folding: (String, String) -> String, marks: [[UInt8]]) -> [UInt8] {
        var hasher = SHA256()
        for ordering in VersionOrdering.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
            hasher.update(data: Array(ordering.rawValue.utf8))
            for probe in probes {
                let key = (try? ordering.key(probe, reading: reading))?.bytes
                hasher.update(data: [key == nil ? 0 : 1, UInt8(truncatingIfNeeded: key?.count ?? 0)])
                hasher.update(data: key ?? [])
            }
        }
        for scope in nameScopes { hasher.update(data: Array(folding("A/b._-C", scope).utf8)) }
        for mark in marks { hasher.update(data: mark) }
        return Array(Array(hasher.finalize()).prefix(8))
    }

    /// Versions whose keys together exercise the rules of every ordering.
    private static let probes = [
        "0", "1", "1.0", "1.2.3", "01.2", "10.20.30", "1.2.3-4", "1:2.3-4", "1.2~rc1-1", "1.2+b1", "1.0a1", "1.0.post1",
        "1.0.dev3", "1!2.0rc1+local.1", "1.2.3-alpha.1+build", "v1.2.3", "1.2.3-4.el8_1", "1.0-SNAPSHOT", "2.0.0.Final",
        "1.2_p3-r4", "4294967296.1", "1.89", "2024.03.30", "dev-main", "1.0-rc-2", "2004d", "3.0.11-1~deb12u2",
        "0.0.0-20200101000000-abcdefabcdef", "",
    ]

    /// Scopes of every kind of names.
    private static let nameScopes = [
        "PyPI", "npm", "Go", "crates.io", "RubyGems", "Packagist", "Maven", "NuGet", "Hex", "Pub", "SwiftURL",
        "ConanCenter",
        "CRAN", "Hackage", "Bitnami", "GitHub Actions", "VSCode", "Julia", "Homebrew", "Debian:12", "Ubuntu:22.04:LTS",
        "Alpine:v3.18", "Wolfi", "Chainguard", "MinimOS", "AlmaLinux:9", "Rocky Linux:9", "Red Hat:enterprise_linux:9",
        "cpe:a",
    ]

    /// Two lowercase digits per byte.
    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// The parts of an index file, in the order in which they stand in it.
public enum IndexSection: UInt32, CaseIterable, Sendable {
    case slots = 1
    case names, blocks, groups, entries, rulesets, intervals, listed, conditions, platforms, scopes
    case advisories, vulnerabilities, identifiers, lists, exploited, exploits
    case feeds, orderings, lifecycles, releases, supportNotes, text, prose, checks

    /// Bytes of one record; 1 for a section of loose bytes.
    @inlinable public var stride: Int {
        switch self {
        case .slots, .blocks, .checks: 8
        case .names: 64
        case .groups, .rulesets, .scopes, .exploited: 16
        case .entries, .conditions: 24
        case .intervals, .platforms, .identifiers: 12
        case .listed, .lists, .orderings: 4
        case .advisories: 56
        case .vulnerabilities: 120
        case .exploits: 20
        case .feeds, .releases, .supportNotes: 32
        case .lifecycles: 20
        case .text, .prose: 1
        }
    }
}

/// The layout of a name's block: versions, segments, its own bytes and those of its version keys, one behind the other.
public enum IndexBlock {
    /// Bytes of one line of the version table: eight bytes of key, where the key begins, the version's text.
    public static let versionStride = 16
    /// Bytes of one segment.
    public static let segmentStride = 24
}

/// The bits of a name's flags.
public enum NameFlag {
    /// RPM versions: a module or a build apart, by the package's release, decides what is heard.
    public static let modular: UInt8 = 1
    /// The name is a product's, `vendor:product` in a scope `cpe:…`.
    public static let product: UInt8 = 2
    /// Publishers write the name in another way than it is filed: that text stands right behind the name's.
    public static let spelled: UInt8 = 4
}

/// The bits of a segment's flags.
public enum SegmentFlag {
    /// A version that does not parse gets an "undetermined" from this group.
    public static let unparsable: UInt8 = 1
    /// The group has conditions or too many pieces: its entries decide between the segment's ends.
    public static let general: UInt8 = 2
}

/// What stands at the upper end of an affected interval.
package enum IntervalKind: UInt32, Sendable {
    /// Nothing: all later versions are affected.
    case open = 0
    /// The repaired version, exclusive.
    case fixed = 1
    /// The last affected version, inclusive.
    case lastAffected = 2
    /// The version from which on nothing is said, exclusive.
    case limit = 3
    /// A bound did not parse. The lower field then holds the range's text instead of a version.
    case unreadable = 4

    /// A bit set in the file when the lower end itself is outside.
    package static let exclusiveLower: UInt32 = 0x100
}

/// The numbers that ``FixState`` has in a file. They never change meaning.
extension FixState {
    /// The number in the file.
    package var indexCode: UInt8 {
        switch self {
        case .unspecified: 0
        case .unfixed: 1
        case .fixed: 2
        case .notAffected: 3
        case .endOfLife: 4
        case .ignored: 5
        case .undetermined: 6
        }
    }

    /// Reads the number in a file; `nil` for one that no builder writes.
    package init?(indexCode: UInt8) {
        switch indexCode {
        case 0: self = .unspecified
        case 1: self = .unfixed
        case 2: self = .fixed
        case 3: self = .notAffected
        case 4: self = .endOfLife
        case 5: self = .ignored
        case 6: self = .undetermined
        default: return nil
        }
    }
}

/// The bits of an entry's flags.
public enum EntryFlag {
    /// The advisory was withdrawn or its vulnerability rejected.
    public static let withdrawn: UInt8 = 1
    /// The advisory gave ranges or versions that can be evaluated, even if they hold no version.
    public static let evaluable: UInt8 = 2
    /// A version of the statement is of an RPM module (`.module` in its release).
    public static let modular: UInt8 = 4
    /// The advisory tells of a state of the package, as RustSec's on unmaintained crates does, and of no vulnerability.
    public static let informational: UInt8 = 8
    /// A version of the statement is of a build apart, see ``IndexFormat/buildMarks``.
    public static let apart: UInt8 = 16
}
