import PackageIdentity

/// What is known of an installed package besides its name and version, as far as conditions of statements ask for it.
///
/// A part that is `nil` is not known. What then becomes of a statement that asks for it is written at that part.
public struct MatchContext: Sendable, Hashable {
    /// The package's own type and name, `deb` and `linux-libc-dev`, for rules that need them besides the source's; `nil` when only the
    /// source is known.
    public var package: AdvisoryPackage?
    /// The architecture in the distribution's spelling, `amd64`, `x86_64`. A package that states none is spoken of by every statement.
    public var architecture: String?
    /// The RPM module stream, `nodejs:18`. A package without one whose release text holds `.module` is of an unknown stream.
    public var moduleStream: String?
    /// The product's stated or derived CPE name. Statements about products do not speak of what has none.
    public var cpe: CPEName?
    /// Whether ``cpe`` was derived from other facts instead of being stated.
    public var isProductDerived: Bool
    /// The products on the same host, operating system and hardware included; `nil` when nobody could look. A statement that asks for
    /// another product beside the vulnerable one is then believed with the confidence ``Confidence/possible``.
    public var hostProducts: [CPEName]?
    /// The release of the running kernel as `uname -r` gives it, `6.1.0-18-amd64`; `nil` when not known: every image counts as running.
    public var runningKernel: String?

    /// A package's own type and name.
    public struct AdvisoryPackage: Sendable, Hashable {
        /// The package URL's type, `deb`.
        public var type: String
        /// The package URL's name, `libssl3`.
        public var name: String

        /// Names a package.
        public init(type: String, name: String) {
            self.type = type
            self.name = name
        }
    }

    /// A context of the parts that are known.
    public init(
        package: AdvisoryPackage? = nil, architecture: String? = nil, moduleStream: String? = nil, cpe: CPEName? = nil,
        isProductDerived: Bool = false, hostProducts: [CPEName]? = nil, runningKernel: String? = nil
    ) {
        self.package = package
        self.architecture = architecture
        self.moduleStream = moduleStream
        self.cpe = cpe
        self.isProductDerived = isProductDerived
        self.hostProducts = hostProducts
        self.runningKernel = runningKernel
    }

    /// What a package URL tells: its name, the qualifier `arch`, and the module stream of `rpmmod` or `modularitylabel`
    /// (`nodejs:18:8060020220523160029:ad008a3a`, of which the first two parts are the stream).
    public init(package: PackageURL) {
        // Field by field, for this is done for each package: the other initialiser would make a copy.
        self.package = AdvisoryPackage(type: package.type, name: package.name)
        architecture = package.qualifier("arch")
        moduleStream = (package.qualifier("rpmmod") ?? package.qualifier("modularitylabel")).flatMap(Self.stream)
        cpe = nil
        isProductDerived = false
        hostProducts = nil
        runningKernel = nil
    }

    /// The first two parts of a module label; `nil` when it has fewer.
    private static func stream(_ label: String) -> String? {
        let parts = label.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return "\(parts[0]):\(parts[1])"
    }
}
