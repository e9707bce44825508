/// `go.mod`: what it requires, with its replacements.
///
/// Since Go 1.17 it names every module that is built in, at the version that is chosen.
///
/// - Source: <https://go.dev/ref/mod#go-mod-file>
enum GoModules {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var required: [(name: Substring, version: Substring)] = []
        var replaced: [[Substring]: (name: Substring, version: Substring?)] = [:]
        var block: Substring?
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            var words = line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex)
                .split(whereSeparator: \.isWhitespace).map(\.unquoted)[...]
            guard let first = words.first else { continue }
            if first == ")" { block = nil }
            if block == nil {
                words = words.dropFirst()
                if words.first == "(" {
                    block = first
                    continue
                }
            }
            switch block ?? first {
            case "require" where words.count == 2:
                required.append((words[words.startIndex], words[words.startIndex + 1]))
            case "replace":
                let parts = words.split(separator: "=>", maxSplits: 1)
                guard parts.count == 2, let new = parts[1].first else { continue }
                // The name alone, or one version of it.
                replaced[Array(parts[0])] = (new, parts[1].dropFirst().first)
            default: break
            }
        }
        return required.compactMap { name, version in
            // A folder in the module's place has no version.
            guard let new = replaced[[name, version]] ?? replaced[[name]] else {
                return DeclaredPackage("golang", name, version)
            }
            return new.version.flatMap { DeclaredPackage("golang", new.name, $0) }
        }
    }
}
