import JSONDocuments
import PackageIdentity

/// Package URLs as lines of JSON, and back: what `zerotrace purl` does with each line.
public struct PackageURLLines {
    private let output: ByteOutput
    private let parser = JSONParser(maximumDepth: 8)

    /// Makes one that writes to `output`.
    public init(to output: ByteOutput) { self.output = output }

    /// Writes the components of a package URL: one line, an object with exactly `type`, `namespace`, `name`, `version`,
    /// `qualifiers` and `subpath`, decoded and in canonical form, `null` where absent; `{"error":…}` for what is no package URL.
    ///
    /// - Parameter line: Any bytes; ASCII blanks around the package URL are ignored.
    public func parse(_ line: [UInt8]) {
        do throws(PackageURLError) {
            let trimmed = Self.trimmed(line)
            write(try PackageURL(utf8: trimmed.span))
        } catch {
            refuse(error.description)
        }
    }

    /// Writes the canonical package URL of an object as ``parse(_:)`` writes it: one line, or `{"error":…}`.
    ///
    /// - Parameter line: A JSON object. Members may be missing or `null`; `qualifiers` is an object of texts; other members are ignored.
    public func format(_ line: [UInt8]) {
        do {
            let package = try PackageURLDescription(parser.parse(line)).packageURL()
            output.append(package.description)
            output.append(UInt8(ascii: "\n"))
        } catch {
            refuse("\(error)")
        }
    }

    /// Writes the error of a line.
    public func refuse(_ reason: String) {
        var writer = JSONWriter(to: output)
        writer.object { $0.member("error", reason) }
        writer.finish()
    }

    private func write(_ package: PackageURL) {
        var writer = JSONWriter(to: output)
        writer.object { writer in
            writer.member("type", package.type)
            writer.member("namespace", orNull: package.namespace)
            writer.member("name", package.name)
            writer.member("version", orNull: package.version)
            writer.key("qualifiers")
            let qualifiers = package.qualifiers
            if qualifiers.isEmpty {
                writer.null()
            } else {
                writer.object { writer in
                    for qualifier in qualifiers {
                        writer.key(text: qualifier.key)
                        writer.string(qualifier.value)
                    }
                }
            }
            writer.member("subpath", orNull: package.subpath)
        }
        writer.finish()
    }

    private static func trimmed(_ line: [UInt8]) -> [UInt8] {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = line.firstIndex(where: { !isBlank($0) }), let last = line.lastIndex(where: { !isBlank($0) })
        else { return [] }
        return Array(line[first...last])
    }
}

/// The components of a package URL as a JSON object gives them.
private struct PackageURLDescription {
    /// Why an object describes no package URL.
    struct WrongShape: Error, CustomStringConvertible {
        let description: String
    }

    private let root: JSONValue

    init(_ root: JSONValue) throws(WrongShape) {
        guard root.kind == .object else { throw WrongShape(description: "not a JSON object") }
        self.root = root
    }

    func packageURL() throws -> PackageURL {
        guard let type = try text("type") else { throw WrongShape(description: "\"type\" is missing") }
        guard let name = try text("name") else { throw WrongShape(description: "\"name\" is missing") }
        return try PackageURL(
            type: type, namespace: text("namespace"), name: name, version: text("version"), qualifiers: qualifiers(),
            subpath: text("subpath"))
    }

    private func text(_ member: StaticString) throws(WrongShape) -> String? {
        guard let value = root[member], !value.isNull else { return nil }
        guard let text = value.string else { throw WrongShape(description: "\"\(member)\" is no text") }
        return text
    }

    private func qualifiers() throws(WrongShape) -> [String: String] {
        guard let value = root["qualifiers"], !value.isNull else { return [:] }
        guard let members = value.object else { throw WrongShape(description: "\"qualifiers\" is no object") }
        var qualifiers: [String: String] = [:]
        for (key, value) in members where !value.isNull {
            guard let text = value.string else {
                throw WrongShape(description: "a value in \"qualifiers\" is no text")
            }
            guard qualifiers.updateValue(text, forKey: key) == nil else {
                throw WrongShape(description: "\"qualifiers\" has the same key twice")
            }
        }
        return qualifiers
    }
}
