extension PackageURL {
    /// Who built a Debian or RPM package outside the distribution, as far as its version tells for certain: `NodeSource`; `nil` when nothing
    /// speaks for that.
    ///
    /// A distribution's advisories count the distribution's own builds. Another's package of the same name has another line of versions, often
    /// of a later upstream release, without the distribution's patches: held against those advisories, it is called repaired or affected by
    /// chance. So it has no ``advisoryCoordinates``, as a package of a release that nobody covers has none.
    public var foreignBuild: String? {
        guard type == "deb" || type == "rpm", let version else { return nil }
        return type == "deb" ? ForeignBuild.ofDebian(version) : ForeignBuild.ofRPM(version)
    }
}

/// What builders outside a distribution put into the versions of their packages.
///
/// Only marks that no distribution uses are here: a build of the distribution taken for a foreign one would be a vulnerability missed. They
/// were held against all versions that Debian's, Ubuntu's, Red Hat's, AlmaLinux's and Rocky Linux's advisories name. What carries no mark
/// (`docker-ce`, `1.0-1` of somebody's own) is not known from here; such packages mostly have names that no advisory uses.
enum ForeignBuild {
    /// By the version of a Debian package.
    static func ofDebian(_ version: String) -> String? {
        if let known = builder(of: version, in: debianMarks) { return known }
        // A version without a dash has no revision, and upstream's own may hold the same words.
        guard let dash = version.utf8.lastIndex(of: UInt8(ascii: "-")) else { return nil }
        let revision = version.utf8[version.utf8.index(after: dash)...]
        return endsWithCodename(revision) || endsWithRelease(revision) ? "another repository" : nil
    }

    /// By the version and release of an RPM package.
    static func ofRPM(_ version: String) -> String? { builder(of: version, in: rpmMarks) }

    /// A piece of a version, what must follow it, and who writes it.
    private struct Mark {
        enum Rest { case anything, digit, digitsToTheEnd }
        let text: [UInt8]
        let rest: Rest
        let builder: String

        init(_ text: StaticString, _ rest: Rest, _ builder: String) {
            self.text = text.withUTF8Buffer { Array($0) }
            self.rest = rest
            self.builder = builder
        }

        func stands(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
            guard bytes[start...].starts(with: text) else { return false }
            let behind = bytes[(start + text.count)...]
            switch rest {
            case .anything: return true
            case .digit: return behind.first.map(isDigit) ?? false
            case .digitsToTheEnd: return !behind.isEmpty && behind.allSatisfy(isDigit)
            }
        }
    }

    private static let debianMarks = [
        // Debian's own nodejs was once cut out of NodeSource's: 20.20.2-1nodesource1+repack1.
        Mark("nodesource", .digitsToTheEnd, "NodeSource"),
        Mark(".pgdg", .digit, "PostgreSQL Global Development Group"),
        Mark("~pgdg", .digit, "PostgreSQL Global Development Group"),
        Mark("+maria~", .anything, "MariaDB Foundation"),
        Mark("deb.sury.org", .anything, "deb.sury.org"), Mark("+0~20", .digit, "deb.sury.org"),
        Mark("-dmo", .digit, "deb-multimedia.org"),
        Mark("-pve", .digit, "Proxmox"), Mark("+pve", .digit, "Proxmox"), Mark("~pve", .digit, "Proxmox"),
        Mark("ppa", .digit, "a personal package archive"), Mark("kitware", .digit, "Kitware"),
        Mark("~exp1~20", .digit, "apt.llvm.org"),
    ]

    private static let rpmMarks = [
        Mark(".remi", .anything, "Remi's repository"), Mark("nodesource", .anything, "NodeSource"),
        Mark("PGDG", .anything, "PostgreSQL Global Development Group"), Mark(".ngx", .anything, "nginx.org"),
        Mark(".elrepo", .anything, "ELRepo"), Mark(".ius", .anything, "IUS"), Mark(".codeit", .anything, "CodeIT"),
    ]

    private static func builder(of version: String, in marks: [Mark]) -> String? {
        var version = version
        return version.withUTF8 { bytes in
            for start in bytes.indices {
                // No mark begins with a digit, as most bytes are.
                guard !isDigit(bytes[start]) else { continue }
                for mark in marks where mark.text[0] == bytes[start] && mark.stands(in: bytes, at: start) {
                    return mark.builder
                }
            }
            return nil
        }
    }

    /// `1~bookworm`, `1+jammy1`, `1~debian.12~bookworm`: nginx.org, Docker, Varnish, Deadsnakes. Distributions write numbers there since Debian 8.
    private static func endsWithCodename(_ revision: Substring.UTF8View) -> Bool {
        var rest = revision
        while let last = rest.last, isDigit(last) { rest.removeLast() }
        guard let sign = rest.lastIndex(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "+") }) else {
            return false
        }
        let word = rest[rest.index(after: sign)...]
        // Asked first, because most revisions end in `deb12u2` and the like, and to look a text up takes longer.
        guard word.allSatisfy({ (0x61...0x7a).contains($0) }) else { return false }
        return codenames.contains(String(Substring(word)))
    }

    /// `1+debian12`, `1+ubuntu22.04`: Zabbix and others. The sign stands behind the revision's number, as upstream's own versions may hold
    /// such words too (`2.2.4+debian0-1`).
    private static func endsWithRelease(_ revision: Substring.UTF8View) -> Bool {
        let rest = revision.drop(while: isDigit)
        guard rest.startIndex > revision.startIndex, rest.first == UInt8(ascii: "+") else { return false }
        for word in ["+debian", "+ubuntu"] where rest.starts(with: word.utf8) {
            let number = rest.dropFirst(word.utf8.count)
            return !number.isEmpty && number.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
        }
        return false
    }

    /// Before Debian 8, its own repairs were numbered by codename (`1.0-2+wheezy1`).
    private static let codenames: Set<String> = {
        let old: Set<String> = [
            "buzz", "rex", "bo", "hamm", "slink", "potato", "woody", "sarge", "etch", "lenny", "squeeze", "wheezy",
        ]
        return Set(Distribution.debianReleases.keys).union(Distribution.ubuntuReleases.keys).subtracting(old)
    }()

}

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
