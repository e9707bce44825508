/// The advisories of a part, read back from the file that a builder wrote.
public struct CompiledAdvisories: Sendable {
    let content: CompiledPart.Content
    /// The numbers of its texts among the shared ones.
    let known: [UInt32]?

    /// Reads what ``IndexBuilder/keepCompiled(at:note:)`` wrote.
    ///
    /// - Parameter texts: Where the part's texts are looked for first.
    /// - Throws: ``IndexBuildError/damagedCache(path:)`` for anything but a whole file of this program's own format.
    public init(path: String, texts: SharedTexts? = nil) throws(IndexBuildError) {
        var known: [UInt32]?
        content = try CompiledPart.read(path) { digest, count in
            known = texts?.numbers(of: digest, count: count)
            return known != nil
        }
        self.known = known
    }

    /// What was kept with them.
    public var note: [UInt8] { content.note }

    /// Whether all of its texts are among the shared ones: only a builder that began with these can take it.
    public var isShared: Bool { known != nil }
}
