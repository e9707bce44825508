import PackageIdentity

/// A product that an installed application is, or may be.
public struct ProductName: Sendable, Hashable {
    /// The product with the installed version.
    public var cpe: CPEName
    /// Whether it follows from no more than the application's name; then what is found is ``Confidence/possible``.
    public var isDerived: Bool

    /// Names a product.
    public init(cpe: CPEName, isDerived: Bool) {
        self.cpe = cpe
        self.isDerived = isDerived
    }

    /// Where statements about the product are found; `nil` for a name of no single product or without version.
    public var coordinates: AdvisoryCoordinates? {
        guard let scope = cpe.scope, let name = cpe.productKey, let version = cpe.version.text else { return nil }
        return AdvisoryCoordinates(scope: scope, name: name, version: version)
    }
}

/// What statements about products say of an application.
public struct ProductVerdict: Sendable, Hashable {
    /// The name under which it was found.
    public let product: ProductName
    /// What was found.
    public let verdict: Verdict
    /// The vulnerability's number in the index that answered, see ``AdvisoryIndex/brief(number:)``; `nil` for one that is damaged.
    public let vulnerabilityNumber: UInt32?

    /// Makes one of its parts.
    public init(product: ProductName, verdict: Verdict, vulnerabilityNumber: UInt32? = nil) {
        self.product = product
        self.verdict = verdict
        self.vulnerabilityNumber = vulnerabilityNumber
    }
}
