extension CanonicalWriter {
    /// Appends the namespace with the slash behind it, and checks what the type says of namespaces.
    mutating func appendNamespace(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, escaped: Bool, rules: PackageURLRules
    ) throws(PackageURLError) {
        let before = count
        try appendSegments(text, range, escaped: escaped, folding: rules.namespace, of: .namespace)
        if count > before {
            if rules.contains(.namespaceProhibited) {
                throw PackageURLError(.namespace, at: range.lowerBound, .namespaceProhibited)
            }
            append(UInt8(ascii: "/"))
        } else if rules.contains(.namespaceRequired) {
            throw PackageURLError(.namespace, at: range.lowerBound, .namespaceRequired)
        }
        layout.nameStart = UInt16(count)
    }

    /// Appends the name, and the version when its range is not empty.
    mutating func appendName(
        _ text: borrowing Span<UInt8>, _ name: Range<Int>, version: Range<Int>, in versionText: borrowing Span<UInt8>,
        escaped: Bool, rules: PackageURLRules
    ) throws(PackageURLError) {
        let start = count
        if rules.contains(.pathName) {
            try appendSegments(text, name, escaped: escaped, folding: rules.name, of: .name)
        } else {
            try append(text, name, escaped: escaped, folding: rules.name, of: .name)
            removeOuterSlashes(from: start)
        }
        layout.nameEnd = UInt16(count)
        guard count > start else { throw PackageURLError(.name, at: name.lowerBound, .empty) }
        if rules.contains(.distributionName), bytes[start...].contains(Array("::".utf8)) {
            throw PackageURLError(.name, at: name.lowerBound, .invalidForType)
        }
        if !version.isEmpty {
            append(UInt8(ascii: "@"))
            try append(versionText, version, escaped: escaped, folding: rules.version, of: .version)
        }
        layout.versionEnd = UInt16(count)
        layout.qualifiersEnd = layout.versionEnd
        if rules.contains(.extensionID) { try checkExtension(nameStart: start, name, version) }
    }

    /// Takes away the slashes at both ends of a name, which say nothing: parsed text has them escaped (`a%2F`), and what is built of the
    /// parts must be the same package URL again.
    private mutating func removeOuterSlashes(from start: Int) {
        guard bytes[start...].contains(PercentCoding.percent) else { return }
        let slash = Array("%2F".utf8)
        while bytes[start...].suffix(3).elementsEqual(slash) { removeLast(3) }
        while bytes[start...].starts(with: slash) { removeSubrange(start..<start + 3) }
    }

    /// Refuses what cannot be the identifier or the version of a browser extension.
    private func checkExtension(
        nameStart: Int, _ name: Range<Int>, _ version: Range<Int>
    ) throws(PackageURLError) {
        let id = bytes[nameStart..<Int(layout.nameEnd)]
        guard id.count == 32, id.allSatisfy({ (0x61...0x70).contains($0) }) else {
            throw PackageURLError(.name, at: name.lowerBound, .invalidForType)
        }
        guard layout.versionEnd > layout.nameEnd else { return }
        let numbers = bytes[(Int(layout.nameEnd) + 1)...].split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count <= 4, numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } })
        else {
            throw PackageURLError(.version, at: version.lowerBound, .invalidForType)
        }
    }

    /// Refuses a package URL without the qualifier its type demands.
    func checkRequiredQualifier(ofType type: String, at position: Int) throws(PackageURLError) {
        guard let key = PackageURLRules.requiredQualifier(ofType: type) else { return }
        let written = bytes[Int(layout.versionEnd)..<Int(layout.qualifiersEnd)]
        guard written.contains(Array("?\(key)=".utf8)) || written.contains(Array("&\(key)=".utf8)) else {
            throw PackageURLError(.qualifiers, at: position, .qualifierRequired)
        }
    }

    /// Appends the subpath without its empty, `.` and `..` segments.
    mutating func appendSubpath(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, escaped: Bool
    ) throws(PackageURLError) {
        guard !range.isEmpty else { return }
        let before = count
        append(UInt8(ascii: "#"))
        try appendSegments(text, range, escaped: escaped, folding: [], dotsAllowed: false, of: .subpath)
        if count == before + 1 { removeLast(1) }
    }

    /// Appends the segments between slashes, joined by one slash each; empty ones are dropped.
    private mutating func appendSegments(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, escaped: Bool, folding: PackageURLRules.Folding,
        dotsAllowed: Bool = true, of component: PackageURLError.Component
    ) throws(PackageURLError) {
        let first = count
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, text[end] != UInt8(ascii: "/") { end += 1 }
            if end > start {
                let before = count
                if before > first { append(UInt8(ascii: "/")) }
                let segment = count
                try append(text, start..<end, escaped: escaped, folding: folding, segment: true, of: component)
                if !dotsAllowed, isDots(from: segment) { removeLast(count - before) }
            }
            start = end + 1
        }
    }

    private func isDots(from start: Int) -> Bool {
        let tail = bytes[start...]
        return tail.count <= 2 && tail.allSatisfy { $0 == UInt8(ascii: ".") }
    }

    /// Appends the qualifiers of a parsed text in canonical order.
    mutating func appendQualifiers(_ text: borrowing Span<UInt8>, _ range: Range<Int>) throws(PackageURLError) {
        guard !range.isEmpty else { return }
        var pairs: [QualifierRange] = []
        var start = range.lowerBound
        var ordered = true
        while start < range.upperBound {
            let pair = try scanPair(text, start..<range.upperBound)
            start = pair.value.upperBound + 1
            if pair.value.isEmpty { continue }
            if let last = pairs.last, !keyPrecedes(text, last.key, pair.key) { ordered = false }
            pairs.append(pair)
        }
        if !ordered { try sort(&pairs, text) }
        for (index, pair) in pairs.enumerated() {
            append(UInt8(ascii: index == 0 ? "?" : "&"))
            for offset in pair.key { append(lowercase(text[offset])) }
            append(UInt8(ascii: "="))
            try append(text, pair.value, escaped: true, of: .qualifiers)
        }
        layout.qualifiersEnd = UInt16(count)
    }

    /// Reads `key=value` up to the next `&`; an empty pair, as between two `&`, has an empty value.
    private func scanPair(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>
    ) throws(PackageURLError) -> QualifierRange {
        var keyEnd = range.lowerBound
        while keyEnd < range.upperBound, text[keyEnd] != UInt8(ascii: "="), text[keyEnd] != UInt8(ascii: "&") {
            guard isKeyByte(text[keyEnd], first: keyEnd == range.lowerBound) else {
                throw PackageURLError(.qualifiers, at: keyEnd, .invalidCharacter)
            }
            keyEnd += 1
        }
        if keyEnd == range.upperBound || text[keyEnd] == UInt8(ascii: "&") {
            guard keyEnd == range.lowerBound else { throw PackageURLError(.qualifiers, at: keyEnd, .missingValue) }
            return QualifierRange(key: keyEnd..<keyEnd, value: keyEnd..<keyEnd)
        }
        guard keyEnd > range.lowerBound else { throw PackageURLError(.qualifiers, at: keyEnd, .empty) }
        var end = keyEnd + 1
        while end < range.upperBound, text[end] != UInt8(ascii: "&") { end += 1 }
        return QualifierRange(key: range.lowerBound..<keyEnd, value: keyEnd + 1..<end)
    }

    /// Sorts by key; a key that occurs twice is an error at its second place.
    private func sort(_ pairs: inout [QualifierRange], _ text: borrowing Span<UInt8>) throws(PackageURLError) {
        var keyed: [(key: [UInt8], pair: QualifierRange)] = []
        for pair in pairs {
            var key: [UInt8] = []
            for offset in pair.key { key.append(lowercase(text[offset])) }
            keyed.append((key, pair))
        }
        keyed.sort { ($0.key.lexicographicallyPrecedes($1.key)) }
        for (left, right) in zip(keyed, keyed.dropFirst()) where left.key == right.key {
            let place = max(left.pair.key.lowerBound, right.pair.key.lowerBound)
            throw PackageURLError(.qualifiers, at: place, .duplicateKey)
        }
        pairs = keyed.map(\.pair)
    }

    private func keyPrecedes(_ text: borrowing Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        for (a, b) in zip(left, right) {
            let (x, y) = (lowercase(text[a]), lowercase(text[b]))
            if x != y { return x < y }
        }
        return left.count < right.count
    }
}

/// Where one qualifier stands in a parsed text.
struct QualifierRange {
    var key: Range<Int>
    var value: Range<Int>
}
