/// The right to read and change one company's data. Every store call that touches such data takes one.
///
/// Only authentication mints a scope: a verified access token, a verified device credential, or the processor taking work that the
/// store itself named. The initialiser is therefore behind `@_spi(Minting)`, and `make check` holds who imports it.
public struct CompanyScope: Sendable, Hashable {
    /// The company the holder may touch.
    public let companyID: CompanyID

    /// Makes one from its parts.
    @_spi(Minting)
    public init(companyID: CompanyID) { self.companyID = companyID }
}
