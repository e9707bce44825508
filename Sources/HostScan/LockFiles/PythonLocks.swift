import JSONDocuments

/// pip's `requirements.txt`: what is pinned to one version.
///
/// - Source: <https://pip.pypa.io/en/stable/reference/requirements-file-format/>
enum Requirements {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        OutlineLine.lines(bytes).compactMap { line in
            // "name[extra]==1.0 ; python_version > '3' --hash=…  # comment"
            let text = line.text.prefix { $0 != ";" && $0 != "#" }
            guard let equals = text.firstRange(of: "=="), !text.hasPrefix("-") else { return nil }
            let name = text[..<equals.lowerBound].prefix { $0 != "[" }.trimmed
            let rest = text[equals.upperBound...].drop { $0 == "=" || $0 == " " }
            let version = rest.prefix { !$0.isWhitespace && $0 != "\\" }
            // "==1.*" and "==1.0,!=1.0.1" name several.
            guard !version.contains("*"), !version.contains(","), name.allSatisfy({ !"<>!~=, ".contains($0) }) else {
                return nil
            }
            return DeclaredPackage("pypi", name, version)
        }
    }
}

/// Pipenv's lock file.
///
/// - Source: <https://pipenv.pypa.io/en/latest/pipfile.html>
enum PipfileLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(bytes)
        return document.members.filter { $0.key != "_meta" }.flatMap { _, group in
            group.members.compactMap { name, facts -> DeclaredPackage? in
                guard let version = facts["version"]?.string, version.hasPrefix("==") else { return nil }
                return DeclaredPackage("pypi", name, version.dropFirst(2))
            }
        }
    }
}

/// `poetry.lock`, `pdm.lock`, `uv.lock` and `pylock.toml`: TOML with one table a package.
///
/// - Source: <https://packaging.python.org/en/latest/specifications/pylock-toml/>
enum PythonLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        try TOMLTables.read(bytes).compactMap { table in
            guard table.isElement, table.name == "package" || table.name == "packages",
                let name = table.strings["name"]
            else { return nil }
            // The project itself and its parts: `source = { editable = "." }`, `{ virtual = "." }`, `directory = …`, `path = …`.
            let source = table.others["source"] ?? ""
            guard !source.contains("editable"), !source.contains("virtual"), table.others["directory"] == nil,
                table.strings["path"] == nil
            else { return nil }
            return DeclaredPackage("pypi", name, table.strings["version"])
        }
    }
}
