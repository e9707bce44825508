import PackageIdentity

/// What a bill says of one component, whatever its format.
struct StatedComponent {
    /// What a component is, as far as it matters whether a package URL is missed.
    enum Kind {
        /// A piece of software.
        case software
        /// A file, container, device and the like: without package URL it is nothing to be matched, and nothing to be missed.
        case other
        /// The operating system that the others run on.
        case operatingSystem
    }

    var kind = Kind.software
    var name = ""
    var version: String?
    var packageURL: String?
    var publisher: String?
    var cpes: [String] = []
    /// Source package, source version, epoch, module stream, distribution.
    var build = Build()

    /// Where a distribution's package comes from.
    struct Build {
        /// Name, or file name, of the source package.
        var source: String?
        /// Version of the source package, without release and epoch when those are stated apart.
        var sourceVersion: String?
        var sourceRelease: String?
        var sourceEpoch: String?
        var epoch: String?
        var moduleStream: String?
    }

    /// Adds a CPE name, unless there are enough or it is there.
    mutating func add(cpe: String) {
        guard cpes.count < SBOMDocument.maximumNames, !cpe.isEmpty, !cpes.contains(cpe) else { return }
        cpes.append(cpe)
    }

    /// How a warning calls the component; bounded, and without control characters.
    var label: String {
        let text = [name.isEmpty ? "component without a name" : name, version].compactMap { $0 }.joined(separator: " ")
        let scalars = text.unicodeScalars.prefix(120).map {
            $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
