/// Julia's `Manifest.toml`: `[[deps.JSON]]`, in its first format `[[JSON]]`.
///
/// - Source: <https://pkgdocs.julialang.org/v1/toml-files/#Manifest.toml>
enum JuliaManifest {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        try TOMLTables.read(bytes).compactMap { table in
            // Packages without a tree are part of Julia or lie in a folder.
            guard table.isElement, let uuid = table.strings["uuid"], table.strings["git-tree-sha1"] != nil else {
                return nil
            }
            let name = table.name.hasPrefix("deps.") ? table.name.dropFirst(5) : table.name[...]
            var package = DeclaredPackage("julia", name.unquoted, table.strings["version"])
            package?.qualifiers = ["uuid": uuid]
            return package
        }
    }
}
