import JSONDocuments

/// Bundler's lock file: the gems below `specs` of its sections `GEM` and `GIT`.
///
/// - Source: <https://bundler.io/guides/rationale.html>
enum GemfileLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var section: Substring = ""
        return OutlineLine.lines(bytes).compactMap { line in
            if line.indent == 0 { section = line.text }
            // Deeper lines are what a gem depends on, with ranges.
            guard line.indent == 4, section == "GEM" || section == "GIT", line.text.hasSuffix(")"),
                let open = line.text.firstRange(of: " (")
            else { return nil }
            // "1.15.4-x86_64-linux": versions of gems hold no dash.
            let parts = line.text[open.upperBound...].dropLast().split(separator: "-", maxSplits: 1)
            var gem = DeclaredPackage("gem", line.text[..<open.lowerBound], parts.first)
            if parts.count == 2 { gem?.qualifiers["platform"] = String(parts[1]) }
            return gem
        }
    }
}

/// Composer's lock file.
///
/// - Source: <https://getcomposer.org/doc/01-basic-usage.md>
enum ComposerLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(bytes)
        let all = document["packages"].elements + document["packages-dev"].elements
        return all.compactMap { package in
            guard let name = package["name"]?.string else { return nil }
            return DeclaredPackage("composer", name, package["version"]?.string)
        }
    }
}
