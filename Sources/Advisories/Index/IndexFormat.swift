import Crypto
import Versioning

/// The layout of an advisory index file, shared by the builder and the reader. `Docs/index-format.md` is its description.
package enum IndexFormat {
    /// The first eight bytes of every index.
    package static let magic: [UInt8] = Array("ZTINDEX\n".utf8)
    /// The only format written and read. A change of any record raises it.
    package static let version: UInt32 = 1
    /// Bytes before the first section.
    package static let headerSize = 1024
    /// Where the digest of the header itself stands: its last 32 bytes.
    package static let headerDigestOffset = 992
    /// Where the section table stands.
    package static let sectionTableOffset = 80
    /// Bytes of one line of the section table.
    package static let sectionTableStride = 24
    /// Sections begin at multiples of this, so that no record of 8 or 16 bytes straddles a cache line.
    package static let alignment = 64
    /// "There is none" in a field that holds a position.
    package static let none = UInt32.max
    /// "There is none" in a field that holds a time.
    package static let noTime = Int64.min

    /// Mixes a scope and a name into the hash that places it in the slot table.
    ///
    /// FNV-1a over the scope, the byte 0xFF (which UTF-8 never contains) and the name, then the finaliser of MurmurHash3. The
    /// table is built from advisories alone, so looked-up names cannot lengthen its probe sequences.
    package static func hash(scope: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in scope { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = (state ^ 0xff) &* 0x0000_0100_0000_01b3
        for byte in name { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
        state = (state ^ (state >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return state ^ (state >> 33)
    }

    /// Eight bytes that change when the version keys of any ordering change.
    ///
    /// Keys in a file may be compared only with keys made by the same rules. This is the head of a SHA-256 over the keys that this
    /// program makes from a fixed set of telling versions, so nobody has to remember to raise a number.
    package static let versionKeyFingerprint: [UInt8] = {
        var hasher = SHA256()
        for ordering in VersionOrdering.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
            hasher.update(data: Array(ordering.rawValue.utf8))
            for probe in probes {
                let key = (try? ordering.key(probe))?.bytes
                hasher.update(data: [key == nil ? 0 : 1, UInt8(truncatingIfNeeded: key?.count ?? 0)])
                hasher.update(data: key ?? [])
            }
        }
        return Array(Array(hasher.finalize()).prefix(8))
    }()

    /// Versions whose keys together exercise the rules of every ordering.
    private static let probes = [
        "0", "1", "1.0", "1.2.3", "01.2", "10.20.30", "1.2.3-4", "1:2.3-4", "1.2~rc1-1", "1.2+b1", "1.0a1", "1.0.post1",
        "1.0.dev3", "1!2.0rc1+local.1", "1.2.3-alpha.1+build", "v1.2.3", "1.2.3-4.el8_1", "1.0-SNAPSHOT", "2.0.0.Final",
        "1.2_p3-r4", "4294967296.1", "3.0.11-1~deb12u2", "0.0.0-20200101000000-abcdefabcdef", "",
    ]
}

/// The parts of an index file, in the order in which they stand in it.
package enum IndexSection: UInt32, CaseIterable, Sendable {
    case slots = 1
    case names, groups, entries, rulesets, intervals, listed, versions, keys, advisories, vulnerabilities, identifiers,
        lists
    case exploited, feeds, orderings, text, prose

    /// Bytes of one record; 1 for a section of loose bytes.
    package var stride: Int {
        switch self {
        case .slots: 8
        case .names: 64
        case .groups: 16
        case .entries: 20
        case .rulesets: 16
        case .intervals, .versions, .identifiers: 12
        case .listed, .lists, .orderings: 4
        case .advisories: 48
        case .vulnerabilities: 112
        case .exploited: 16
        case .feeds: 32
        case .keys, .text, .prose: 1
        }
    }
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
package enum EntryFlag {
    /// The advisory was withdrawn or its vulnerability rejected.
    package static let withdrawn: UInt8 = 1
    /// The advisory gave ranges or versions that can be evaluated, even if they hold no version.
    package static let evaluable: UInt8 = 2
}
