/// Maven's `pom.xml`: the project itself and its dependencies, where both have one version.
///
/// What a parent or an import decides is not in the file and is left out.
///
/// - Source: <https://maven.apache.org/pom.html>
enum MavenProject {
    private static let dependency = ["project", "dependencies", "dependency"]

    /// Properties within properties.
    private static let maximumRounds = 8

    /// Longest value, once properties are put in.
    private static let valueLimit = 1024

    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var project: [String: String] = [:]
        var properties: [String: String] = [:]
        var dependencies: [[String: String]] = []
        try XMLTexts.read(bytes) { path, text in
            if path == dependency {
                dependencies.append([:])
            } else if path.count == 4, path.starts(with: dependency), !dependencies.isEmpty {
                dependencies[dependencies.count - 1][path[3]] = text
            } else if path.count == 2, path[0] == "project" {
                project[path[1]] = text
            } else if path.count == 3, path[0] == "project", path[1] == "parent" {
                project["parent.\(path[2])"] = text
            } else if path.count == 3, path[0] == "project", path[1] == "properties" {
                properties[path[2]] = text
            }
        }
        let group = project["groupId"] ?? project["parent.groupId"]
        let version = project["version"] ?? project["parent.version"]
        for prefix in ["project", "pom"] {
            properties["\(prefix).groupId"] = group
            properties["\(prefix).version"] = version
            properties["\(prefix).artifactId"] = project["artifactId"]
            properties["\(prefix).parent.version"] = project["parent.version"]
        }
        let own = ["groupId": group, "artifactId": project["artifactId"], "version": version].compactMapValues { $0 }
        return ([own] + dependencies).compactMap { facts in
            guard let group = facts["groupId"].flatMap({ resolved($0, properties) }),
                let name = facts["artifactId"].flatMap({ resolved($0, properties) }),
                let version = facts["version"].flatMap({ resolved($0, properties) })
            else { return nil }
            return DeclaredPackage("maven", "\(group)/\(name)", version)
        }
    }

    /// The text with properties in their places; `nil` when one is not known here.
    private static func resolved(_ text: String, _ properties: [String: String]) -> String? {
        var text = text
        for _ in 0..<maximumRounds {
            guard let start = text.firstRange(of: "${") else { return text.isEmpty || text.contains("/") ? nil : text }
            guard let end = text[start.upperBound...].firstIndex(of: "}"),
                let value = properties[String(text[start.upperBound..<end])], text.utf8.count < valueLimit
            else { return nil }
            text.replaceSubrange(start.lowerBound...end, with: value)
        }
        return nil
    }
}

/// The elements of an XML document, each with its text, as configuration files need them.
///
/// Attributes are passed over. Declarations of entities are passed over too, so that none unfolds; references stay as they stand. The agent links
/// no XML parser: what else it would have to read are a few such files.
enum XMLTexts {
    /// Elements in elements.
    private static let maximumDepth = 64

    /// Reads a document.
    ///
    /// - Parameter body: Receives the names of an element and those around it, outermost first: at its start with no text, and at its end with
    ///   its text, if it has any and no elements.
    static func read(_ bytes: [UInt8], _ body: ([String], String) -> Void) throws(FileFault) {
        var offset = 0
        var path: [String] = []
        var text: [UInt8] = []
        func fault(_ reason: String) -> FileFault {
            FileFault.damaged("malformed XML before byte \(offset): \(reason)")
        }
        /// Goes behind the next occurrence of a text and returns what stands before it.
        func take(until end: StaticString) throws(FileFault) -> ArraySlice<UInt8> {
            let start = offset
            let end = end.withUTF8Buffer { Array($0) }
            while offset < bytes.count, !bytes[offset...].starts(with: end) { offset += 1 }
            guard offset < bytes.count else { throw fault("ends too early") }
            defer { offset += end.count }
            return bytes[start..<offset]
        }
        while offset < bytes.count {
            guard bytes[offset] == UInt8(ascii: "<") else {
                text.append(bytes[offset])
                offset += 1
                continue
            }
            let rest = bytes[offset...]
            if rest.starts(with: "<!--".utf8) {
                _ = try take(until: "-->")
            } else if rest.starts(with: "<![CDATA[".utf8) {
                offset += 9
                text += try take(until: "]]>")
            } else if rest.starts(with: "<?".utf8) || rest.starts(with: "<!".utf8) {
                _ = try take(until: ">")
            } else if rest.starts(with: "</".utf8) {
                offset += 2
                let name = String(decoding: try take(until: ">"), as: UTF8.self).trimmed
                guard let last = path.last, last == name else { throw fault("an end without its start") }
                let value = String(decoding: text, as: UTF8.self).trimmed
                if !value.isEmpty { body(path, String(value)) }
                text = []
                path.removeLast()
            } else {
                offset += 1
                let tag = try takeTag(bytes, &offset)
                let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
                guard !name.isEmpty, path.count < maximumDepth else { throw fault("no element, or one too deep") }
                text = []
                path.append(String(name))
                body(path, "")
                if tag.hasSuffix("/") { path.removeLast() }
            }
        }
        guard path.isEmpty else { throw fault("ends too early") }
    }

    /// What stands in a tag; values of attributes may hold its end.
    private static func takeTag(_ bytes: [UInt8], _ offset: inout Int) throws(FileFault) -> Substring {
        let start = offset
        var quote: UInt8?
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return Substring(decoding: bytes[start..<(offset - 1)], as: UTF8.self)
            }
        }
        throw FileFault.damaged("malformed XML before byte \(offset): ends too early")
    }
}
