/// Stack's lock file: `hackage: text-2.0.2@sha256:…,613`.
///
/// - Source: <https://docs.haskellstack.org/en/stable/topics/lock_files/>
enum StackLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        OutlineLine.lines(bytes).compactMap { line in
            guard line.key == "hackage" else { return nil }
            let text = line.value.prefix { $0 != "@" }
            guard let dash = text.lastIndex(of: "-") else { return nil }
            return DeclaredPackage("hackage", text[..<dash], text[text.index(after: dash)...])
        }
    }
}

/// Cabal's `cabal.project.freeze`: `constraints: any.text ==2.0.2,`.
///
/// - Source: <https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze>
enum CabalFreeze {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        OutlineLine.lines(bytes).flatMap { line in
            line.text.split(separator: ",").compactMap { constraint -> DeclaredPackage? in
                guard let start = constraint.firstRange(of: "any.")?.upperBound,
                    let equals = constraint.firstRange(of: " =="), start < equals.lowerBound
                else { return nil }
                return DeclaredPackage(
                    "hackage", constraint[start..<equals.lowerBound], constraint[equals.upperBound...].trimmed)
            }
        }
    }
}
