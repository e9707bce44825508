/// The source package a binary package of a distribution was built from.
struct SourcePackage {
    var name: String
    var version: String

    /// - Parameters:
    ///   - upstream: `NAME` or `NAME@VERSION`, the latter when the versions differ; `nil` when source and binary are alike.
    ///   - name: Of the binary package.
    ///   - version: Of the binary package.
    init(upstream: String?, name: String, version: String) {
        guard let upstream, !upstream.isEmpty else {
            (self.name, self.version) = (name, version)
            return
        }
        guard let at = upstream.utf8.firstIndex(of: UInt8(ascii: "@")), at > upstream.startIndex else {
            (self.name, self.version) = (upstream, version)
            return
        }
        let own = String(upstream[upstream.utf8.index(after: at)...])
        (self.name, self.version) = (String(upstream[..<at]), own.isEmpty ? version : own)
    }

    /// Cuts the `+bN` of a package that was rebuilt without a change of its source.
    ///
    /// - Source: <https://wiki.debian.org/binNMU>
    mutating func resolveBinaryRebuild() {
        let bytes = version.utf8
        var index = bytes.endIndex
        var digits = 0
        while index > bytes.startIndex, (0x30...0x39).contains(bytes[bytes.index(before: index)]) {
            index = bytes.index(before: index)
            digits += 1
        }
        guard digits > 0, bytes[..<index].suffix(2).elementsEqual([UInt8(ascii: "+"), UInt8(ascii: "b")]) else {
            return
        }
        version = String(version[..<bytes.index(index, offsetBy: -2)])
    }

    /// Signed kernels have a source of their own, built from and numbered after `linux`, with `+` for the dash
    /// (`linux-signed-amd64` 6.1.76+1 is `linux` 6.1.76-1). Advisories speak of `linux` alone.
    ///
    /// Ubuntu's have `linux-signed` or `linux-signed-FLAVOUR` and the same version.
    ///
    /// - Source: <https://salsa.debian.org/kernel-team/linux>, debian/bin/gencontrol_signed.py
    mutating func resolveSignedKernel() {
        guard name.hasPrefix("linux-signed") else { return }
        let rest = name.dropFirst("linux-signed".utf8.count)
        guard rest.isEmpty || rest.hasPrefix("-") else { return }
        let isArchitecture = ["-amd64", "-i386", "-arm64", "-armhf", "-ppc64el", "-s390x", "-riscv64", "-loong64"]
            .contains(rest)
        name = isArchitecture || rest.isEmpty ? "linux" : "linux" + rest
        if !version.utf8.contains(UInt8(ascii: "-")) { version = SourcePackage.dashForPlus(version) }
    }

    /// Puts a dash for the first `+` that a digit follows.
    private static func dashForPlus(_ version: String) -> String {
        var bytes = Array(version.utf8)
        for index in bytes.indices.dropLast()
        where bytes[index] == UInt8(ascii: "+") && (0x30...0x39).contains(bytes[index + 1]) {
            bytes[index] = UInt8(ascii: "-")
            break
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `1.25.3-2` → `1.25.3`: Bitnami numbers its builds of one upstream version behind a dash, and advisories name upstream's.
    static func withoutRevision(_ version: String) -> String {
        let bytes = version.utf8
        guard let dash = bytes.lastIndex(of: UInt8(ascii: "-")) else { return version }
        let revision = bytes[bytes.index(after: dash)...]
        return !revision.isEmpty && revision.allSatisfy { (0x30...0x39).contains($0) }
            ? String(version[..<dash]) : version
    }

    /// Reads the name of a source RPM, `openssl-3.0.7-24.el9.src.rpm`; a bare name keeps the version of the binary package.
    ///
    /// The file's name has no epoch; the binary's is put before, which is the source's for all but a few (parts of perl).
    init(sourceRPM file: String, version: String) {
        (name, self.version) = (file, version)
        guard file.hasSuffix(".src.rpm") || file.hasSuffix(".nosrc.rpm") else { return }
        let parts = file.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return }
        name = parts.dropLast(2).joined(separator: "-")
        let suffix = file.hasSuffix(".nosrc.rpm") ? ".nosrc.rpm".utf8.count : ".src.rpm".utf8.count
        let own = "\(parts[parts.count - 2])-\(parts[parts.count - 1].dropLast(suffix))"
        let epoch = version.utf8.firstIndex(of: UInt8(ascii: ":")).map { version[...$0] } ?? ""
        self.version = epoch + own
    }
}
