import JSONDocuments
import PackageIdentity

/// What one CycloneDX component says about the package it is.
struct CycloneDXComponent {
    let type: String
    let name: String
    let version: String?
    let purl: String?

    /// Properties that Trivy writes, by the end of their name ("SrcName").
    private let trivy: [String: String]

    private static let trivyPrefix = "aquasecurity:trivy:"

    init(_ value: JSONValue) {
        type = value["type"]?.string ?? ""
        name = value["name"]?.string ?? ""
        version = value["version"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        purl = value["purl"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        var trivy: [String: String] = [:]
        if let properties = value["properties"]?.array {
            for property in properties {
                guard let name = property["name"]?.string, name.hasPrefix(Self.trivyPrefix) else { continue }
                trivy[String(name.dropFirst(Self.trivyPrefix.count))] = property["value"]?.string
            }
        }
        self.trivy = trivy
    }

    /// How a warning calls the component; bounded, and without control characters.
    var label: String {
        let text = [name.isEmpty ? "component without a name" : name, version].compactMap { $0 }.joined(separator: " ")
        let scalars = text.unicodeScalars.prefix(120).map {
            $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Why a component is no package.
    struct Unusable: Error {
        let reason: String
    }

    /// The component's package URL, completed by what the component says beside it.
    func packageURL() throws(Unusable) -> PackageURL {
        guard let purl else { throw Unusable(reason: "no package URL") }
        do throws(PackageURLError) {
            let stated = try PackageURL(purl)
            let completed = try complete(stated)
            if completed.version != nil { return completed }
        } catch {
            throw Unusable(reason: "\(error)")
        }
        throw Unusable(reason: "no version")
    }

    private func complete(_ stated: PackageURL) throws(PackageURLError) -> PackageURL {
        var qualifiers = Dictionary(stated.qualifiers.map { ($0.key, $0.value) }) { first, _ in first }
        var version = stated.version ?? self.version
        if stated.type == "deb" {
            version = version.map { Self.moveEpoch(from: &qualifiers, to: $0) }
            if qualifiers["upstream"] == nil { qualifiers["upstream"] = upstream(of: stated.name, version) }
        }
        return try PackageURL(
            type: stated.type, namespace: stated.namespace, name: stated.name, version: version, qualifiers: qualifiers,
            subpath: stated.subpath)
    }

    /// Trivy writes the epoch of a Debian version as a qualifier; to dpkg it is part of the version.
    private static func moveEpoch(from qualifiers: inout [String: String], to version: String) -> String {
        guard let epoch = qualifiers.removeValue(forKey: "epoch"), !version.contains(":") else { return version }
        return "\(epoch):\(version)"
    }

    /// The source package as Trivy's properties tell it, in the form of the `upstream` qualifier; `nil` when it has the
    /// binary package's name and version.
    private func upstream(of name: String, _ version: String?) -> String? {
        guard let source = trivy["SrcName"], !source.isEmpty else { return nil }
        guard var sourceVersion = trivy["SrcVersion"], !sourceVersion.isEmpty else {
            return source == name ? nil : source
        }
        if let release = trivy["SrcRelease"], !release.isEmpty { sourceVersion += "-\(release)" }
        if let epoch = trivy["SrcEpoch"], !epoch.isEmpty, epoch != "0" { sourceVersion = "\(epoch):\(sourceVersion)" }
        if sourceVersion == version { return source == name ? nil : source }
        return "\(source)@\(sourceVersion)"
    }
}
