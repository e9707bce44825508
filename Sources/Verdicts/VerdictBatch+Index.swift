import Matching
import PackageIdentity

extension VerdictBatch {
    /// What one index says of each package, with the records of all vulnerabilities that the verdicts name, ascending by id.
    public init(of packages: [PackageURL], from index: AdvisoryIndex) {
        let verdicts = packages.map { index.verdicts(for: $0) }
        let names = Set(verdicts.joined().map(\.vulnerability))
        self.init(
            verdicts: verdicts, vulnerabilities: names.sorted().compactMap(index.vulnerability),
            indexDigest: index.digest)
    }
}
