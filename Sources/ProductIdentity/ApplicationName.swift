/// The ways an application's shown name can be read.
enum ApplicationName {
    /// The name as it is, and without what installers add: the version, the architecture, the language.
    ///
    /// `Mozilla Firefox 115.0 (x64 en-US)` → itself, `mozilla firefox 115.0`, `mozilla firefox`. Folded, without repetition.
    static func spellings(of name: String, version: String?) -> [[UInt8]] {
        var result = [NamePattern.folded(name)]
        func add(_ bytes: ArraySlice<UInt8>) {
            var bytes = bytes
            while let last = bytes.last, last == 0x20 || last == 0x2d { bytes.removeLast() }
            if !bytes.isEmpty, result.last?.elementsEqual(bytes) != true { result.append(Array(bytes)) }
        }
        if let open = result[0].lastIndex(of: UInt8(ascii: "(")), result[0].last == UInt8(ascii: ")") {
            add(result[0][..<open])
        }
        if let words = result.last { add(withoutArchitecture(words)) }
        if let words = result.last { add(withoutVersion(words)) }
        return result
    }

    private static func withoutArchitecture(_ name: [UInt8]) -> ArraySlice<UInt8> {
        for word in [" x64", " x86", " 64-bit", " 32-bit", " x86_64", " arm64", " amd64"]
        where name.suffix(word.utf8.count).elementsEqual(word.utf8) {
            return name.dropLast(word.utf8.count)
        }
        return name[...]
    }

    /// Drops a last word that begins with a number, or with `v` and a number.
    private static func withoutVersion(_ name: [UInt8]) -> ArraySlice<UInt8> {
        guard let space = name.lastIndex(of: 0x20) else { return name[...] }
        var word = name[name.index(after: space)...]
        if word.first == UInt8(ascii: "v") { word = word.dropFirst() }
        guard let first = word.first, (0x30...0x39).contains(first) else { return name[...] }
        return name[..<space]
    }
}
