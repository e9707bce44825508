/// A widespread program, or library, that says its version in its read-only data: for those that somebody built or unpacked beside all package
/// managers.
///
/// They become packages without an ecosystem (`pkg:generic/nginx@1.25.3`), for which CPE names are asked. Only programs are here whose version can be
/// told from all else: Redis holds its own among those since which its commands exist.
struct KnownProgram: Equatable {
    /// As the rules of products name it.
    let name: String
    private let mark: Mark

    private enum Mark: Equatable {
        /// The version stands behind this text.
        case behind(String)
        /// The version is a text of its own that begins so.
        case whole(beginning: String)
    }

    static let section = ".rodata"

    /// Most bytes of a program's read-only data that are read; Node.js has some 30 MB.
    private static let limit = 96 << 20

    /// How much is read at a time, and how much of it again with what follows: marks and versions are shorter.
    private static let windowSize = 1 << 20
    private static let overlap = 256

    /// Longest version.
    private static let versionLimit = 32

    /// By the file's name; a name that ends with a star may go on.
    private static let known: [(files: [String], program: KnownProgram)] = [
        (["nginx"], KnownProgram(name: "nginx", mark: .behind("nginx/"))),
        (["node", "libnode.so*"], KnownProgram(name: "node", mark: .behind("node.js/v"))),
        (["busybox"], KnownProgram(name: "busybox", mark: .behind("BusyBox v"))),
        (["openssl", "libcrypto*"], KnownProgram(name: "openssl", mark: .behind("OpenSSL "))),
        (["httpd", "apache2"], KnownProgram(name: "httpd", mark: .behind("Apache/"))),
        (["memcached"], KnownProgram(name: "memcached", mark: .behind("memcached "))),
        (["postgres"], KnownProgram(name: "postgresql", mark: .behind("(PostgreSQL) "))),
        (["php", "php-fpm", "libphp*"], KnownProgram(name: "php", mark: .behind("X-Powered-By: PHP/"))),
        (["libcurl*"], KnownProgram(name: "curl", mark: .behind("libcurl/"))),
        (["bash"], KnownProgram(name: "bash", mark: .behind("Bash version "))),
    ]

    private init(name: String, mark: Mark) {
        self.name = name
        self.mark = mark
    }

    /// - Parameter fileName: "nginx", "libcrypto.so.3", "python3.11".
    init?(fileName: Substring) {
        let stem = fileName.hasPrefix("lib") ? fileName.dropFirst(3) : fileName
        if stem.hasPrefix("python") {
            // "python3.11", "libpython3.11.so.1.0"; "python3" is a link.
            let release = stem.dropFirst(6).prefix { $0.isASCII && $0.isNumber || $0 == "." }.split(separator: ".")
            guard release.count >= 2 else { return nil }
            self.init(name: "python", mark: .whole(beginning: "\(release[0]).\(release[1])."))
            return
        }
        let entry = Self.known.first { entry in
            entry.files.contains { $0.hasSuffix("*") ? fileName.hasPrefix($0.dropLast()) : fileName == $0 }
        }
        guard let entry else { return nil }
        self = entry.program
    }

    /// The version; `nil` when the program does not say it as expected.
    func version(in program: ElfFile, _ section: ElfFile.Piece) throws -> String? {
        let end = min(section.count, Self.limit)
        var start = 0
        while start < end {
            let window = try program.source.read(at: section.offset + start, count: min(Self.windowSize, end - start))
            if let version = version(in: window) { return version }
            start += start + window.count < end ? window.count - Self.overlap : window.count
        }
        return nil
    }

    func version(in data: [UInt8]) -> String? {
        switch mark {
        case .behind(let text): first(Array(text.utf8), in: data) { Self.version(data[$0...]) }
        case .whole(let beginning):
            first([0] + Array(beginning.utf8), in: data) { end in
                let rest = data[(end - beginning.utf8.count)...]
                guard let version = Self.version(rest), rest.dropFirst(version.utf8.count).first == 0 else {
                    return nil
                }
                return version
            }
        }
    }

    /// The first answer of `read`, which is told where each occurrence of the text ends.
    private func first(_ text: [UInt8], in data: [UInt8], _ read: (Int) -> String?) -> String? {
        var start = 0
        while let place = data[start...].firstPlace(of: text) {
            if let found = read(place + text.count) { return found }
            start = place + 1
        }
        return nil
    }

    /// Numbers and what may follow them: "3.0.11", "1.1.1w", "3.13.0rc1". Something else must follow: else it was cut.
    private static func version(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = bytes.prefix(versionLimit).prefix { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
        let isNumber = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = text.first, isNumber(first), text.count < bytes.count, text.contains(UInt8(ascii: ".")),
            text.last != UInt8(ascii: ".")
        else {
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }
}
