/// Finds the coordinates of many packages: what their qualifiers say of the release is read once for all that say the same.
public struct CoordinateResolver: Sendable {
    private var known: [[UInt8]: DistributionScope?] = [:]
    /// What was asked for last: mostly the next asks for the same.
    private var last: (text: [UInt8], scope: DistributionScope?)?

    /// Makes one that knows nothing yet.
    public init() {}

    /// ``PackageURL/advisoryCoordinates`` of a package.
    public mutating func coordinates(of package: PackageURL) -> AdvisoryCoordinates? {
        package.coordinates { scope(of: package) }
    }

    private mutating func scope(of package: PackageURL) -> DistributionScope? {
        let text = package.distributionText
        if let last {
            if last.text == text { return last.scope }
            known[last.text] = .some(last.scope)
        }
        let answer = known[text] ?? DistributionScope(package.distribution)
        last = (text, answer)
        return answer
    }
}

/// A release with the scope of its advisories.
struct DistributionScope: Sendable {
    let distribution: Distribution
    let scope: String?

    init?(_ distribution: Distribution?) {
        guard let distribution else { return nil }
        self.distribution = distribution
        scope = distribution.advisoryScope
    }
}

extension PackageURL {
    /// Type, namespace and the qualifiers that may name a release, as they are written: packages alike in it are of the same release.
    fileprivate var distributionText: [UInt8] {
        withBytes { bytes in
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count)
            text += bytes[..<Int(layout.nameStart)]
            forEachQualifier { keyStart, keyEnd, valueEnd in
                let key = bytes[keyStart..<keyEnd]
                guard key.starts(with: "distro".utf8) || key.starts(with: "os_".utf8) else { return }
                text.append(UInt8(ascii: "&"))
                text += bytes[keyStart..<valueEnd]
            }
            return text
        }
    }
}
