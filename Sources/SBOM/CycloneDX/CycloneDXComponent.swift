import JSONDocuments

/// Reads one CycloneDX component in JSON.
enum CycloneDXComponent {
    static func read(_ value: JSONValue) -> StatedComponent {
        var component = StatedComponent()
        component.name = value["name"]?.string ?? ""
        component.version = text(value["version"])
        component.packageURL = text(value["purl"])
        component.publisher =
            text(value["publisher"]) ?? text(value["supplier"]?["name"])
            ?? text(value["manufacturer"]?["name"])
        component.kind = CycloneDXProperties.kind(
            ofType: value["type"]?.string ?? "", isVersioned: component.version != nil)
        if let cpe = text(value["cpe"]) { component.add(cpe: cpe) }
        readIdentity(value["evidence"]?["identity"], into: &component)
        readProperties(value["properties"], into: &component)
        return component
    }

    private static func text(_ value: JSONValue?) -> String? {
        value?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the producer concluded of the evidence, where the component does not say it itself. One object in 1.5, a list since 1.6.
    private static func readIdentity(_ value: JSONValue?, into component: inout StatedComponent) {
        guard let value else { return }
        if let list = value.array {
            for identity in list { conclude(identity, into: &component) }
        } else {
            conclude(value, into: &component)
        }
    }

    private static func conclude(_ identity: JSONValue, into component: inout StatedComponent) {
        guard let concluded = text(identity["concludedValue"]), let field = identity["field"]?.string else { return }
        switch field {
        case "purl" where component.packageURL == nil: component.packageURL = concluded
        case "cpe": component.add(cpe: concluded)
        case "version" where component.version == nil: component.version = concluded
        default: break
        }
    }

    private static func readProperties(_ value: JSONValue?, into component: inout StatedComponent) {
        guard let properties = value?.array else { return }
        let takesGuesses = CycloneDXProperties.takesGuesses(packageURL: component.packageURL)
        for property in properties {
            let meaning = property["name"]?.withUTF8String {
                CycloneDXProperties.Meaning(of: $0, takesGuesses: takesGuesses)
            }
            guard case .some(.some(let meaning)) = meaning, let value = property["value"]?.string else { continue }
            CycloneDXProperties.take(value, as: meaning, into: &component)
        }
    }
}
