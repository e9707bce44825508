import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where notifications may go. Endpoints are made by people of a company, the network around this process is the operator's.
public struct TargetPolicy: Sendable {
    /// Hosts that may be reached though they are in the operator's own network, and without TLS: names or addresses as they stand in URLs.
    private let trusted: Set<String>

    /// - Parameter trusted: Hosts that the operator vouches for, without regard to case.
    public init(trusted: some Sequence<String> = []) { self.trusted = Set(trusted.map { $0.lowercased() }) }

    /// Whether the operator vouches for a host.
    func trusts(_ host: String) -> Bool { trusted.contains(host.lowercased()) }

    /// What is wrong with a URL, as far as it shows without asking anybody; `nil` when nothing is.
    public func fault(in text: String) -> String? {
        guard text.utf8.count <= 2_000, let target = Target(text) else { return "not a URL with a host" }
        guard ["http", "https"].contains(target.scheme) else { return "neither http nor https" }
        if target.hasCredentials { return "holds a name or password" }
        if trusts(target.host) { return nil }
        guard target.scheme == "https" else { return "not https" }
        if let address = IPAddress(target.host), !address.isPublic { return "an address that is not public" }
        return nil
    }

    /// The address to connect to.
    ///
    /// - Parameter addresses: All that the host has. Every one has to be public: else whoever answers for the name could offer both.
    /// - Throws: ``TargetRefused``.
    func choose(_ host: String, among addresses: [String]) throws(TargetRefused) -> String {
        guard let first = addresses.first else { throw TargetRefused(reason: "the name has no address") }
        if trusts(host) { return first }
        for text in addresses {
            guard let address = IPAddress(text), address.isPublic else {
                throw TargetRefused(reason: "the name leads to an address that is not public")
            }
        }
        return first
    }
}

/// A target that nothing is sent to.
struct TargetRefused: Error {
    let reason: String
}

/// The parts of a URL that matter here.
struct Target {
    /// The URL as it is asked: with its host in lower case, so that whoever asks looks up the address by the host that was checked.
    let url: String
    let scheme: String
    /// Without the brackets of an IPv6 address, lowercased.
    let host: String
    let hasCredentials: Bool

    /// `nil` for what is no URL, and for hosts written in other ways than names and addresses are: percent-encoding could hide a NUL, and
    /// with it half of the name, from the system's resolver.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), var parts = URLComponents(string: text),
            let scheme = parts.scheme, let written = parts.encodedHost?.lowercased(), let host = Self.host(written)
        else { return nil }
        self.scheme = scheme.lowercased()
        self.host = host
        hasCredentials = parts.user != nil || parts.password != nil
        parts.encodedHost = written
        guard let url = parts.string else { return nil }
        self.url = url
    }

    private static func host(_ written: String) -> String? {
        let isBracketed = written.hasPrefix("[") && written.hasSuffix("]")
        let host = isBracketed ? String(written.dropFirst().dropLast()) : written
        let marks = isBracketed ? ":." : "-._"
        guard !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || marks.contains($0) })
        else { return nil }
        return host
    }
}

/// An IP address as bytes.
///
/// - Source: IANA registries of special-purpose addresses, <https://www.iana.org/assignments/iana-ipv4-special-registry/>,
///   <https://www.iana.org/assignments/iana-ipv6-special-registry/>
struct IPAddress {
    /// 4 or 16.
    let bytes: [UInt8]

    /// `nil` for a text that is no address in the usual form. The system's resolver also reads others ("0x7f.1"): what it makes of them is
    /// looked at when it has.
    init?(_ text: String) {
        var four = [UInt8](repeating: 0, count: 4)
        var sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = sixteen
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Networks that are not the Internet, or not one host of it: address and length of the prefix.
    private static let special4: [(String, Int)] = [
        ("0.0.0.0", 8), ("10.0.0.0", 8), ("100.64.0.0", 10), ("127.0.0.0", 8), ("169.254.0.0", 16), ("172.16.0.0", 12),
        ("192.0.0.0", 24), ("192.0.2.0", 24), ("192.88.99.0", 24), ("192.168.0.0", 16), ("198.18.0.0", 15),
        ("198.51.100.0", 24), ("203.0.113.0", 24), ("224.0.0.0", 3),
    ]
    /// Of IPv6 only 2000::/3 is the Internet; these are not, though within.
    private static let special6: [(String, Int)] = [
        ("2001::", 23), ("2001:db8::", 32), ("2002::", 16), ("3fff::", 20),
    ]

    /// Whether it is one host of the Internet.
    var isPublic: Bool {
        if bytes.count == 4 { return !Self.special4.contains { isIn($0) } }
        // IPv4 addresses in IPv6, as they are and translated.
        for prefix in ["::ffff:0:0", "64:ff9b::", "::"] where isIn((prefix, 96)) {
            return IPAddress(bytes: Array(bytes.suffix(4))).isPublic && prefix != "::"
        }
        return isIn(("2000::", 3)) && !Self.special6.contains { isIn($0) }
    }

    private func isIn(_ network: (String, Int)) -> Bool {
        guard let base = IPAddress(network.0), base.bytes.count == bytes.count else { return false }
        let (whole, rest) = (network.1 / 8, network.1 % 8)
        guard bytes.prefix(whole) == base.bytes.prefix(whole) else { return false }
        return rest == 0 || bytes[whole] >> UInt8(8 - rest) == base.bytes[whole] >> UInt8(8 - rest)
    }
}
