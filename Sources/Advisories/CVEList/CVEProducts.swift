import JSONDocuments
import PackageIdentity

/// Gathers the products of a CVE record's containers: packages of ecosystems, and products with CPE names.
///
/// A product with neither has no name that an inventory could know, and is left out: vendor and product are free text.
struct CVEProducts {
    /// The most pairs of a name and a version or range that an entry may have; real ones have thousands.
    private static let mostStatements = 1 << 18

    private var packages: [AffectedPackage] = []
    private var products = CPEApplicability()

    var affected: [AffectedPackage] { packages + products.affected }
    var faults: [RecordFault] { products.faults }

    /// Adds the products of one container.
    mutating func add(_ container: JSONValue, place: String) {
        if let list = container["cpeApplicability"]?.array { products.add(list, place: "\(place)cpeApplicability") }
        guard let entries = container.present("affected") else { return }
        guard let list = entries.array else {
            return products.leaveOut(RecordFault("\(place)affected", "is not an array"))
        }
        for (index, entry) in list.enumerated() {
            do throws(RecordFault) {
                try add(entry: entry, place: "\(place)affected[\(index)].")
            } catch {
                products.leaveOut(error)
            }
        }
    }

    private mutating func add(entry: JSONValue, place: String) throws(RecordFault) {
        guard entry.kind == .object else { throw RecordFault(place, "is not an object") }
        let coordinates = PackageCollection.coordinates(
            packageURL: try entry.optionalString("packageURL", in: place),
            collection: try entry.optionalString("collectionURL", in: place),
            name: try entry.optionalString("packageName", in: place))
        if let coordinates {
            let versions = try CVEVersions(entry, scope: coordinates.scope, place: place)
            guard !versions.isEmpty else { return }
            return packages.append(
                AffectedPackage(
                    scope: coordinates.scope, name: coordinates.name, ranges: versions.ranges,
                    versions: versions.versions))
        }
        try addProducts(entry, place: place)
    }

    private mutating func addProducts(_ entry: JSONValue, place: String) throws(RecordFault) {
        let names = try entry.strings("cpes", in: place)
        guard !names.isEmpty else { return }
        let versions = try CVEVersions(entry, scope: "cpe:a", place: place)
        guard names.count <= Self.mostStatements / (versions.ranges.count + versions.versions.count + 1) else {
            throw RecordFault("\(place)cpes", "say more of versions than is read")
        }
        for (index, name) in names.enumerated() {
            var cpe: CPEName
            do throws(CPEError) {
                cpe = try CPEName(name)
            } catch {
                products.leaveOut(RecordFault("\(place)cpes[\(index)]", "is not a CPE name: \(error.reason.rawValue)"))
                continue
            }
            // Where versions are stated, a name's own version is only an example of them.
            if !versions.isEmpty { cpe[.version] = .any }
            // Without any version stated, a name without one would mean all.
            guard !versions.isEmpty || cpe.version.text != nil else { continue }
            products.add(cpe, ranges: versions.ranges, versions: versions.versions)
        }
    }
}
