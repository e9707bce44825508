extension PackageURL {
    /// Builds a package URL from decoded components, which take their canonical form.
    ///
    /// - Parameters:
    ///   - type: ASCII letters, digits, `.` and `-`, a letter first; any case.
    ///   - namespace: Segments between `/`; empty means none.
    ///   - name: Not empty; slashes at its ends are left out, others kept, escaped (but for `git`, whose names are paths).
    ///   - version: Empty means none.
    ///   - qualifiers: Keys as in a type or with `_`, a small letter first; pairs with an empty value are left out.
    ///   - subpath: Segments between `/`; empty, `.` and `..` segments are left out.
    /// - Throws: ``PackageURLError``; its position counts within the component it names.
    public init(
        type: String, namespace: String? = nil, name: String, version: String? = nil,
        qualifiers: [String: String] = [:],
        subpath: String? = nil
    ) throws(PackageURLError) {
        try PackageURL.checkWord(type, .type, isTypeByte)
        try PackageURL.checkLengths([namespace, name, version, subpath])
        guard !name.isEmpty else { throw PackageURLError(.name, at: 0, .empty) }
        var writer = CanonicalWriter(capacity: 64)
        let lowercaseType = String(decoding: type.utf8.map(lowercase), as: UTF8.self)
        for byte in lowercaseType.utf8 { writer.append(byte) }
        writer.layout.typeEnd = UInt16(writer.count)
        writer.append(UInt8(ascii: "/"))
        var rules = PackageURLRules.forType(lowercaseType)
        if lowercaseType == "mlflow", let server = qualifiers["repository_url"]?.utf8,
            contains(server.span, 0..<server.count, "databricks")
        {
            rules.insert(.lowercaseName)
        }
        var (namespace, name) = (namespace ?? "", name)
        if rules.contains(.pathName) { (namespace, name) = PackageURL.cutPath(namespace, name) }
        try writer.appendNamespace(namespace.utf8.span, 0..<namespace.utf8.count, escaped: false, rules: rules)
        let version = version ?? ""
        try writer.appendName(
            name.utf8.span, 0..<name.utf8.count, version: 0..<version.utf8.count, in: version.utf8.span,
            escaped: false, rules: rules)
        try writer.appendQualifiers(qualifiers)
        try writer.checkRequiredQualifier(ofType: lowercaseType, at: 0)
        let subpath = subpath ?? ""
        try writer.appendSubpath(subpath.utf8.span, 0..<subpath.utf8.count, escaped: false)
        self = writer.finish()
    }

    /// Both as one path, cut behind its first segment.
    private static func cutPath(_ namespace: String, _ name: String) -> (namespace: String, name: String) {
        let path = "\(namespace)/\(name)".utf8.drop { $0 == UInt8(ascii: "/") }
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else { return ("", name) }
        return (String(Substring(path[..<slash])), String(Substring(path[slash...])))
    }

    /// Throws unless `word` is not empty and every byte of it may stand there.
    fileprivate static func checkWord(
        _ word: String, _ component: PackageURLError.Component, _ isAllowed: (UInt8, Bool) -> Bool
    ) throws(PackageURLError) {
        guard !word.isEmpty else { throw PackageURLError(component, at: 0, .empty) }
        guard word.utf8.count <= maximumLength else { throw PackageURLError(component, at: maximumLength, .tooLong) }
        var offset = 0
        for byte in word.utf8 {
            guard isAllowed(byte, offset == 0) else { throw PackageURLError(component, at: offset, .invalidCharacter) }
            offset += 1
        }
    }

    private static func checkLengths(_ parts: [String?]) throws(PackageURLError) {
        for case let part? in parts where part.utf8.count > maximumLength {
            throw PackageURLError(.text, at: maximumLength, .tooLong)
        }
    }
}

extension CanonicalWriter {
    /// Appends given qualifiers in canonical order.
    fileprivate mutating func appendQualifiers(_ qualifiers: [String: String]) throws(PackageURLError) {
        var pairs: [(key: [UInt8], value: String)] = []
        for (key, value) in qualifiers where !value.isEmpty {
            try PackageURL.checkWord(key, .qualifiers, isKeyByte)
            guard value.utf8.count <= PackageURL.maximumLength else {
                throw PackageURLError(.qualifiers, at: PackageURL.maximumLength, .tooLong)
            }
            pairs.append((key.utf8.map(lowercase), value))
        }
        pairs.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for (index, pair) in pairs.enumerated() {
            if index > 0, pairs[index - 1].key == pair.key { throw PackageURLError(.qualifiers, at: 0, .duplicateKey) }
            append(UInt8(ascii: index == 0 ? "?" : "&"))
            for byte in pair.key { append(byte) }
            append(UInt8(ascii: "="))
            try append(pair.value.utf8.span, 0..<pair.value.utf8.count, escaped: false, of: .qualifiers)
        }
        layout.qualifiersEnd = UInt16(count)
    }
}
