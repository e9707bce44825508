import PackageIdentity

extension InventoryDelta {
    /// The text form: `base <hex>`, `target <hex>`, then `+purl` lines and `-purl` lines, each group ascending, every line
    /// ended by `\n`.
    public func encoded() -> [UInt8] {
        let lines = ["base \(base)", "target \(target)"] + added.map { "+\($0)" } + removed.map { "-\($0)" }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// Reads the text form. After the two digests, lines may come in any order.
    ///
    /// - Parameters:
    ///   - encoded: UTF-8 text.
    ///   - limit: Most `+` and `-` lines together, inclusive.
    /// - Throws: ``InventoryError/malformedLine(line:reason:)``, ``InventoryError/tooManyPackages(limit:)``.
    public init(encoded: [UInt8], limit: Int) throws(InventoryError) {
        var reader = PackageLines.Reader(encoded)
        let base = try Self.digest(after: "base ", in: reader.next(), number: 1)
        let target = try Self.digest(after: "target ", in: reader.next(), number: 2)
        var added: [PackageURL] = []
        var removed: [PackageURL] = []
        while var line = try reader.next() {
            guard added.count + removed.count < limit else { throw .tooManyPackages(limit: limit) }
            switch line.bytes.popFirst() {
            case UInt8(ascii: "+"): added.append(try PackageLines.package(line))
            case UInt8(ascii: "-"): removed.append(try PackageLines.package(line))
            default: throw .malformedLine(line: line.number, reason: "starts with neither + nor -")
            }
        }
        self.init(base: base, target: target, added: added, removed: removed)
    }

    private static func digest(
        after word: String, in line: PackageLines.Line?, number: Int
    ) throws(InventoryError) -> InventoryDigest {
        guard let line, line.bytes.starts(with: word.utf8),
            let digest = InventoryDigest(hex: String(decoding: line.bytes.dropFirst(word.utf8.count), as: UTF8.self))
        else { throw .malformedLine(line: number, reason: "expected \"\(word)\" and 64 hexadecimal digits") }
        return digest
    }
}
