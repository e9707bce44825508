extension AdvisoryIndex {
    /// One name of the index with the versions that its advisories mention.
    package struct KnownName: Sendable {
        /// The OSV ecosystem with its release.
        package let scope: String
        /// The name that advisories use there.
        package let name: String
        /// As published, ascending.
        package let versions: [String]
    }

    /// A name of the index: what benchmarks and checks draw their questions from.
    ///
    /// - Parameter number: Below ``nameCount``; numbers ascend by scope, then name.
    package func knownName(_ number: Int) throws(IndexError) -> KnownName {
        let name = try reader.name(UInt32(clamping: number))
        var versions: [String] = []
        versions.reserveCapacity(Int(name.versionCount))
        for ordinal in 0..<name.versionCount { versions.append(try reader.versionText(ordinal, in: name)) }
        return KnownName(scope: try reader.text(name.scope), name: try reader.text(name.name), versions: versions)
    }
}
