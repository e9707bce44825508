import Advisories

/// What the version of an RPM package tells of how it was built.
struct PackageBuild {
    /// Whether its release is that of a module, `….module_el8…`.
    let isModular: Bool
    /// Which of ``IndexFormat/buildMarks`` it holds; `nil` for the distribution's own builds.
    let mark: Int?
    /// What stands before the first dot, without the epoch: streams of one package differ there.
    let lead: [UInt8]

    /// Reads a version.
    init(_ version: UnsafeRawBufferPointer) {
        isModular = version.containsRun(IndexFormat.moduleMark)
        mark = Self.mark(of: version)
        lead = Array(Self.lead(of: version))
    }

    /// Which mark of a build apart a version holds.
    static func mark(of version: UnsafeRawBufferPointer) -> Int? {
        IndexFormat.buildMarks.firstIndex { version.containsRun($0) }
    }

    /// Whether a version begins with the same number.
    func leads(like version: UnsafeRawBufferPointer) -> Bool { Self.lead(of: version).elementsEqual(lead) }

    private static func lead(of version: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        let start = version.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0
        return version[start...].prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
    }
}
