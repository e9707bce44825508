/// What producers write into properties of their own.
enum CycloneDXProperties {
    /// What a property says of its component.
    enum Meaning {
        case source, sourceVersion, sourceRelease, sourceEpoch, moduleStream, cpe

        /// - Parameters:
        ///   - name: The property's, in UTF-8.
        ///   - takesGuesses: Whether the CPE names count that syft derives from a package's name.
        /// - Returns: `nil` when nobody asks for what it says, which most properties are.
        init?(of name: UnsafeBufferPointer<UInt8>, takesGuesses: Bool) {
            let meaning =
                name.rest(behind: "aquasecurity:trivy:").map(Self.trivys)
                ?? name.rest(behind: "syft:").flatMap {
                    $0.isEqual(to: "cpe23")
                        ? (takesGuesses ? .cpe : nil) : $0.rest(behind: "metadata:").flatMap(Self.syfts)
                }
            guard let meaning else { return nil }
            self = meaning
        }

        private static func trivys(_ name: UnsafeBufferPointer<UInt8>) -> Meaning? {
            if name.isEqual(to: "SrcName") { return .source }
            if name.isEqual(to: "SrcVersion") { return .sourceVersion }
            if name.isEqual(to: "SrcRelease") { return .sourceRelease }
            if name.isEqual(to: "SrcEpoch") { return .sourceEpoch }
            return name.isEqual(to: "Modularitylabel") ? .moduleStream : nil
        }

        private static func syfts(_ name: UnsafeBufferPointer<UInt8>) -> Meaning? {
            if name.isEqual(to: "source") || name.isEqual(to: "originPackage") || name.isEqual(to: "sourceRpm") {
                return .source
            }
            if name.isEqual(to: "sourceVersion") { return .sourceVersion }
            return name.isEqual(to: "modularityLabel") ? .moduleStream : nil
        }
    }

    /// Takes one property into the component.
    static func take(_ value: String, as meaning: Meaning, into component: inout StatedComponent) {
        guard !value.isEmpty else { return }
        switch meaning {
        case .source: component.build.source = value
        case .sourceVersion: component.build.sourceVersion = value
        case .sourceRelease: component.build.sourceRelease = value
        case .sourceEpoch: component.build.sourceEpoch = value
        case .moduleStream: component.build.moduleStream = value
        case .cpe: component.add(cpe: value)
        }
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
        case "library": .software
        case "operating-system": .operatingSystem
        case "container", "cryptographic-asset", "data", "device", "device-driver", "file", "machine-learning-model",
            "platform":
            .other
        case "application": isVersioned ? .software : .other
        default: .software
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these are the bytes of a text.
    fileprivate func isEqual(to text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(with: text)
    }

    /// What stands behind a text with which these bytes begin; `nil` when they do not.
    fileprivate func rest(behind text: StaticString) -> UnsafeBufferPointer<UInt8>? {
        guard count >= text.utf8CodeUnitCount, starts(with: text) else { return nil }
        return UnsafeBufferPointer(rebasing: self[text.utf8CodeUnitCount...])
    }

    @inline(__always)
    private func starts(with text: StaticString) -> Bool {
        for index in 0..<text.utf8CodeUnitCount where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
