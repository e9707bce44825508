/// Cargo's lock file.
///
/// - Source: <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>
enum CargoLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        try TOMLTables.read(bytes).compactMap { table in
            // Crates without a source are the project's own; others of that name may be published.
            guard table.isElement, table.name == "package", table.strings["source"] != nil,
                let name = table.strings["name"]
            else { return nil }
            return DeclaredPackage("cargo", name, table.strings["version"])
        }
    }
}
