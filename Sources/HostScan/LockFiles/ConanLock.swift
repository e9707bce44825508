import JSONDocuments

/// Conan's lock file, of Conan 1 (a graph) and Conan 2 (lists).
///
/// - Source: <https://docs.conan.io/2/tutorial/versioning/lockfiles.html>
enum ConanLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(bytes)
        var references: [String] = []
        for list in ["requires", "build_requires", "python_requires"] {
            references += document[list].elements.compactMap(\.string)
        }
        for (_, node) in (document["graph_lock"]?["nodes"]).members {
            if let reference = node["ref"]?.string { references.append(reference) }
        }
        return references.compactMap(package)
    }

    /// "zlib/1.2.11@user/channel#revision%time"
    private static func package(_ reference: String) -> DeclaredPackage? {
        let halves = reference.prefix { $0 != "#" && $0 != "%" }.split(separator: "@", maxSplits: 1)
        guard let parts = halves.first?.split(separator: "/"), parts.count == 2 else { return nil }
        let owner = halves.count == 2 ? halves[1].split(separator: "/") : []
        var package = DeclaredPackage(
            "conan", (owner.first.map { "\($0)/" } ?? "") + parts[0], parts[1])
        if owner.count == 2 { package?.qualifiers["channel"] = String(owner[1]) }
        return package
    }
}
