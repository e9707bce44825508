/// What producers write into properties of their own.
enum CycloneDXProperties {
    /// Takes one property into the component.
    ///
    /// - Parameters:
    ///   - takesGuesses: Whether the CPE names count that syft derives from a package's name.
    static func take(_ name: String, _ value: String, takesGuesses: Bool, into component: inout StatedComponent) {
        guard !value.isEmpty else { return }
        switch name {
        case "aquasecurity:trivy:SrcName", "syft:metadata:source", "syft:metadata:originPackage",
            "syft:metadata:sourceRpm":
            component.build.source = value
        case "aquasecurity:trivy:SrcVersion", "syft:metadata:sourceVersion": component.build.sourceVersion = value
        case "aquasecurity:trivy:SrcRelease": component.build.sourceRelease = value
        case "aquasecurity:trivy:SrcEpoch": component.build.sourceEpoch = value
        case "aquasecurity:trivy:Modularitylabel", "syft:metadata:modularityLabel":
            component.build.moduleStream = value
        case "syft:cpe23" where takesGuesses: component.add(cpe: value)
        default: break
        }
    }

    /// Whether a property of that name could matter, by its first bytes, so that the many others cost nothing.
    static func mayMatter(_ name: UnsafeBufferPointer<UInt8>, takesGuesses: Bool) -> Bool {
        guard name.count > 10 else { return takesGuesses && name.elementsEqual("syft:cpe23".utf8) }
        return name[0] == UInt8(ascii: "a")
            ? name.starts(with: "aquasecurity:trivy:".utf8) : name.starts(with: "syft:metadata:".utf8)
    }

    /// Whether guessed names help: only where the package has no ecosystem whose advisories name it.
    static func takesGuesses(packageURL: String?) -> Bool {
        guard let packageURL else { return true }
        return packageURL.hasPrefix("pkg:generic/") || packageURL.hasPrefix("pkg:github/")
    }

    /// What a component of that `type` is.
    ///
    /// - Parameter isVersioned: Trivy writes lock files as applications without version; their packages are components of their own.
    static func kind(ofType type: String, isVersioned: Bool) -> StatedComponent.Kind {
        switch type {
        case "operating-system": .operatingSystem
        case "container", "cryptographic-asset", "data", "device", "device-driver", "file", "machine-learning-model",
            "platform":
            .other
        case "application": isVersioned ? .software : .other
        default: .software
        }
    }
}
