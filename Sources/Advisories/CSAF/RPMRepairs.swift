import Versioning

/// The versions that repaired one vulnerability in one package of one release, as events of a range.
///
/// Minor releases of Red Hat Enterprise Linux share a scope and are each repaired: 9.2 by `7.76.1-23.el9_2.4`, 9.3 by
/// `7.76.1-26.el9_3.2`. A host of 9.3 with `7.76.1-26.el9` is affected though its version is above the first of them, and one of 9.2
/// with the first is not though it is below the second. So each repair closes a stretch that begins where its own line of builds
/// does: at the first part of the release number in which it differs from the repair before, `7.76.1-26`, or at the mark of the
/// release, `7.76.1-23.el9_3`. Where no such line can be told, the highest repair counts.
enum RPMRepairs {
    /// - Parameter versions: `[epoch:]version-release`, in any order, repetitions allowed.
    /// - Returns: Events of one range; empty when there are no versions.
    static func events(_ versions: some Sequence<String>) -> [AffectedRange.Event] {
        var fixes: [(text: String, key: VersionKey)] = []
        var unreadable: [String] = []
        for version in Set(versions).sorted() {
            if let key = try? VersionOrdering.rpm.key(version, reading: .tolerant) {
                fixes.append((version, key))
            } else {
                unreadable.append(version)
            }
        }
        guard !fixes.isEmpty else {
            return unreadable.first.map { [.introduced("0"), .fixed($0)] } ?? []
        }
        fixes.sort { ($0.key, $0.text) < ($1.key, $1.text) }
        var events: [AffectedRange.Event] = [.introduced("0")]
        var previous: (text: String, key: VersionKey)?
        for fix in fixes {
            if let previous {
                if previous.key == fix.key { continue }
                if let start = start(of: fix, after: previous) {
                    events.append(.introduced(start))
                } else {
                    events.removeLast()
                }
            }
            events.append(.fixed(fix.text))
            previous = fix
        }
        return events
    }

    /// The version at which the line of builds that `fix` ends begins, above `previous`; `nil` when it cannot be told.
    private static func start(
        of fix: (text: String, key: VersionKey), after previous: (text: String, key: VersionKey)
    ) -> String? {
        let (mine, theirs) = (Parts(fix.text), Parts(previous.text))
        guard let mine, let theirs else { return nil }
        let candidate: String
        if mine.version != theirs.version {
            candidate = "\(mine.version)-0"
        } else if mine.leading != theirs.leading {
            candidate = "\(mine.version)-\(mine.leading)"
        } else if let mark = mine.throughMark, mark != theirs.throughMark {
            candidate = "\(mine.version)-\(mark)"
        } else {
            return nil
        }
        guard let key = try? VersionOrdering.rpm.key(candidate, reading: .tolerant), previous.key < key, key < fix.key
        else { return nil }
        return candidate
    }

    /// A version with its release taken apart.
    private struct Parts {
        /// With the epoch.
        let version: String
        let release: Substring

        init?(_ text: String) {
            guard let dash = text.lastIndex(of: "-") else { return nil }
            version = String(text[..<dash])
            release = text[text.index(after: dash)...]
        }

        /// The release up to its first dot.
        var leading: Substring { release.prefix { $0 != "." } }

        /// The release up to the end of its distribution's mark: `23.el9_2` of `23.el9_2.4`, `139.module+el8.8.0` of
        /// `139.module+el8.8.0+18745+f1bef313`; `nil` without one.
        var throughMark: Substring? {
            let bytes = release.utf8
            for index in bytes.indices where bytes[index...].starts(with: "el".utf8) && index > bytes.startIndex {
                let before = bytes[bytes.index(before: index)]
                let isModule = before == UInt8(ascii: "+") || before == UInt8(ascii: "_")
                let digits = bytes[index...].dropFirst(2)
                guard isModule || before == UInt8(ascii: "."), digits.first.map({ (0x30...0x39).contains($0) }) ?? false
                else { continue }
                let mark = digits.prefix { byte in
                    (0x30...0x39).contains(byte) || byte == UInt8(ascii: isModule ? "." : "_")
                }
                return release[..<mark.endIndex]
            }
            return nil
        }
    }
}
