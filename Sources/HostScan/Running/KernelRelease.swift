/// The release of a kernel, "6.1.0-18-amd64", as far as two of one distribution and kind can be ordered.
struct KernelRelease {
    let text: String

    /// Its numbers from left to right; "5.14.0-362.8.1.el9_3.x86_64" gives 5, 14, 0, 362, 8, 1, 9, 3, 86, 64.
    private let numbers: [UInt64]

    /// Its letters, which tell kinds apart: "amd" and "cloudamd", "generic" and "lowlatency".
    private let kind: String

    init(_ text: String) {
        self.text = text
        numbers = text.split(whereSeparator: { !($0.isASCII && $0.isNumber) }).map { UInt64($0) ?? .max }
        kind = text.filter { $0.isASCII && $0.isLetter }
    }

    /// Whether this one is newer than another of the same kind; `false` for another kind.
    func isNewer(than other: KernelRelease) -> Bool {
        kind == other.kind && other.numbers.lexicographicallyPrecedes(numbers)
    }

    /// The version of the package that a running kernel was built as, where it says so.
    ///
    /// - Parameters:
    ///   - version: `/proc/sys/kernel/version`, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)".
    ///   - signature: `/proc/version_signature` of Ubuntu, "Ubuntu 5.15.0-91.101-generic 5.15.131".
    static func packageVersion(version: String?, signature: String?) -> String? {
        if let words = signature?.split(separator: " "), words.count >= 2, words[0] == "Ubuntu",
            let end = words[1].lastIndex(of: "-")
        {
            return String(words[1][..<end])
        }
        guard let words = version?.split(separator: " "), let mark = words.firstIndex(of: "Debian"),
            words.indices.contains(mark + 1)
        else { return nil }
        return String(words[mark + 1])
    }
}
