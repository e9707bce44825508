/// What one archive says of itself, and of the libraries that were merged into it.
struct JavaArchive {
    static let endings: [StaticString] = [".jar", ".war", ".ear", ".par", ".hpi", ".jpi"]
    static let manifest = "META-INF/MANIFEST.MF"

    private static let propertiesStart = Array("META-INF/maven/".utf8)
    private static let propertiesEnd = Array("/pom.properties".utf8)
    private static let wholeNames = [manifest, JetBrainsPlugin.description].map { Array($0.utf8) }

    private let fileName: JavaFileName
    private var ofMaven: [JavaArtifact] = []
    /// `nil` when it is no plugin.
    var plugin: JetBrainsPlugin?
    private var attributes: [String: String] = [:]

    /// - Parameter path: Its last component is the archive's name.
    init(path: String) {
        fileName = JavaFileName(path.split(separator: "/").last.map(String.init) ?? "")
    }

    /// Whether an entry says something: the manifest, Maven's properties, a plugin's description, another archive.
    static func isOfInterest(_ name: ArraySlice<UInt8>) -> Bool {
        if wholeNames.contains(where: { name.elementsEqual($0) }) { return true }
        if name.starts(with: propertiesStart) { return name.suffix(propertiesEnd.count).elementsEqual(propertiesEnd) }
        return endings.contains { ending in
            ending.withUTF8Buffer { name.suffix($0.count).elementsEqual($0) }
        }
    }

    /// Whether an entry is another archive, by its name.
    static func isArchive(_ name: String) -> Bool { endings.contains { name.hasSuffix("\($0)") } }

    /// The libraries: those that Maven noted, and the archive itself, by its manifest and name, where none of these is it.
    var artifacts: [JavaArtifact] {
        // Sources and documentation run nowhere.
        guard !fileName.isWithoutPrograms else { return [] }
        let isNoted = ofMaven.count == 1 || ofMaven.contains { fileName.isOf($0) }
        guard !isNoted, let own else { return ofMaven }
        return ofMaven + [own]
    }

    /// Reads "groupId=…", "artifactId=…" and "version=…".
    mutating func readProperties(_ bytes: [UInt8]) {
        var values: [Substring: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "="), line.first != "#" else { continue }
            values[line[..<equals].trimmed] = line[line.index(after: equals)...].trimmed
        }
        guard let group = values["groupId"], let name = values["artifactId"], let version = values["version"],
            Self.isUsable(group), Self.isUsable(name), Self.isUsable(version)
        else { return }
        let artifact = JavaArtifact(group: String(group), name: String(name), version: String(version))
        if !ofMaven.contains(artifact) { ofMaven.append(artifact) }
    }

    /// Reads the attributes of the manifest's main section; a line that begins with a blank goes on with the one above.
    mutating func readManifest(_ bytes: [UInt8]) {
        var lines: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        {
            if line.isEmpty { break }
            if line.first == " ", !lines.isEmpty {
                lines[lines.count - 1] += line.dropFirst()
            } else {
                lines.append(String(line))
            }
        }
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            attributes[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].trimmed)
        }
    }

    /// By file name first, which repositories make of artifact and version, then by manifest.
    private var own: JavaArtifact? {
        let symbolicName = attributes["bundle-symbolicname"]?.split(separator: ";").first.map { String($0.trimmed) }
        let title = attributes["implementation-title"]
        let name =
            fileName.artifact ?? title.flatMap { Self.isUsable($0[...]) ? $0 : nil } ?? symbolicName ?? fileName.stem
        let versions = [
            fileName.version, attributes["implementation-version"], attributes["bundle-version"],
        ]
        guard let version = versions.lazy.compactMap({ $0 }).first(where: { Self.isUsable($0[...]) }),
            Self.isUsable(name[...])
        else { return nil }
        return JavaArtifact(group: group(of: name, symbolicName), name: name, version: version)
    }

    private func group(of name: String, _ symbolicName: String?) -> String? {
        if let known = KnownJavaGroups.group(of: name) { return known }
        if let vendor = attributes["implementation-vendor-id"], vendor.contains("."), Self.isUsable(vendor[...]) {
            return vendor
        }
        guard let symbolicName, symbolicName.hasSuffix(".\(name)"), Self.isUsable(symbolicName[...]) else { return nil }
        return String(symbolicName.dropLast(name.count + 1))
    }

    /// Whether it is a word, and no placeholder that a build left.
    static func isUsable(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 } && !text.contains("${") && !text.contains("/")
    }
}

/// A library by its Maven coordinates.
struct JavaArtifact: Hashable {
    /// `nil` when nothing says it.
    let group: String?
    let name: String
    let version: String

    /// Bytes of all three.
    var length: Int { (group?.utf8.count ?? 0) + name.utf8.count + version.utf8.count }
}

/// What a repository's naming says: "log4j-1.2-api-2.17.1.jar" is version 2.17.1 of log4j-1.2-api.
struct JavaFileName: Equatable {
    /// Without its ending.
    let stem: String
    /// `nil` when there is no version in it.
    let artifact: String?
    let version: String?

    /// What tools write behind the version of an archive that holds others merged into it.
    private static let kinds = ["-jar-with-dependencies", "-shaded", "-all", "-uber"]

    init(_ name: String) {
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        self.stem = stem
        // The version begins with a digit behind a dash. Of several, the last one counts that stands behind a letter: "1.0-2" is one version.
        var start: String.Index?
        var isBehindNumber = false
        for part in stem.split(separator: "-").dropFirst() {
            let isNumber = part.allSatisfy { $0.isNumber || $0 == "." }
            if part.first?.isNumber == true, !isBehindNumber { start = part.startIndex }
            isBehindNumber = isNumber
        }
        guard let start, start > stem.startIndex else {
            artifact = nil
            version = nil
            return
        }
        artifact = String(stem[..<stem.index(before: start)])
        let version = stem[start...]
        let kind = Self.kinds.first(where: version.hasSuffix)
        self.version = String(version.dropLast(kind?.count ?? 0))
    }

    var isWithoutPrograms: Bool { stem.hasSuffix("-sources") || stem.hasSuffix("-javadoc") }

    func isOf(_ library: JavaArtifact) -> Bool {
        stem == library.name || stem.hasPrefix("\(library.name)-\(library.version)") || artifact == library.name
    }
}

extension StringProtocol {
    /// Without blanks at its ends.
    var trimmed: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let rest = self[start...]
        return rest.lastIndex { !$0.isWhitespace }.map { rest[...$0] } ?? rest
    }
}
