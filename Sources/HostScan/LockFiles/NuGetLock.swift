import JSONDocuments

/// NuGet's `packages.lock.json`: by target framework.
///
/// - Source: <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies>
enum NuGetLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(bytes)
        return document["dependencies"].members.flatMap { _, packages in
            packages.members.compactMap { name, facts -> DeclaredPackage? in
                guard facts["type"]?.isString("Project") != true else { return nil }
                return DeclaredPackage("nuget", name, facts["resolved"]?.string)
            }
        }
    }
}
