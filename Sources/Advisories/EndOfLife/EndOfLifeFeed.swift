import Archives
import JSONDocuments

/// Reads endoflife.date: when releases of products and distributions stop to be supported.
///
/// Both forms are read: the answer of `/api/v1/products/full`, which holds all products with their identifiers, and the older
/// `/api/<product>.json`, which holds the releases of the product after which the file is named.
///
/// A flag without a date ("has ended", day unknown) sets ``Lifecycle/Release/isEnded``; a date leaves it to the reader's calendar, since
/// flags are those of the day on which the file was made.
///
/// - Source: <https://endoflife.date/docs/api/v1/>, <https://endoflife.date/docs/api>
public enum EndOfLifeFeed {
    /// Reads a file of either form, plain or compressed, or every such file in a folder.
    ///
    /// Where several files speak of one product, the full form's word counts. A broken product is set aside under its name or as
    /// `product 12`, a broken release as `nginx 1.24`, and the rest goes on.
    ///
    /// - Throws: `ArchiveError`, or ``FeedError`` when a file is of neither form.
    public static func read(
        _ path: String, feed: FeedID = .endOfLife, limits: FeedLimits = .standard
    ) throws -> IntelligenceReading {
        var result = IntelligenceReading(feed: feed)
        var full: [String: Lifecycle] = [:]
        for file in try FeedFiles.list(path, where: { FeedFiles.isNamed($0, type: "json") }) {
            let bytes = try Archive.readCompressed(file, limit: limits.recordBytes)
            try add(bytes, path: file, to: &result, full: &full)
        }
        return finish(result, full)
    }

    /// Reads a file that is in memory.
    ///
    /// - Parameter name: The file's name, after which the older form names the product.
    public static func read(
        bytes: [UInt8], named name: String, feed: FeedID = .endOfLife
    ) throws -> IntelligenceReading {
        var result = IntelligenceReading(feed: feed)
        var full: [String: Lifecycle] = [:]
        try add(bytes, path: name, to: &result, full: &full)
        return finish(result, full)
    }

    private static func finish(_ result: IntelligenceReading, _ full: [String: Lifecycle]) -> IntelligenceReading {
        var finished = result
        finished.intelligence.lifecycles.merge(full) { _, full in full }
        finished.reading.records = finished.intelligence.lifecycles.count
        return finished
    }

    private static func add(
        _ bytes: [UInt8], path: String, to result: inout IntelligenceReading, full: inout [String: Lifecycle]
    ) throws {
        let root: JSONValue
        do throws(JSONDocumentError) {
            root = try JSONParser().parse(bytes)
        } catch {
            throw FeedError.malformed(path: path, fault: error)
        }
        if let releases = root.array {
            guard let product = productName(path) else {
                throw FeedError.unexpected(path: path, reason: "is not named after a product")
            }
            result.intelligence.lifecycles[product] = Lifecycle(
                product: product, releases: EndOfLifeReleases(releases, product: product, into: &result).all)
        } else if let products = root["result"]?.array {
            if let made = root["generated_at"]?.string.flatMap({ Timestamp.parse($0) }) {
                result.reading.date = max(result.reading.date ?? made, made)
            }
            for (index, product) in products.enumerated() { add(product, index: index, to: &result, full: &full) }
        } else {
            throw FeedError.unexpected(path: path, reason: "is neither a list of releases nor one of products")
        }
    }

    private static func add(
        _ product: JSONValue, index: Int, to result: inout IntelligenceReading, full: inout [String: Lifecycle]
    ) {
        guard let name = product["name"]?.string, isProductName(name) else {
            return result.setAside("product \(index + 1)", "has no name")
        }
        guard let releases = product["releases"]?.array else { return result.setAside(name, "has no list of releases") }
        full[name] = Lifecycle(
            product: name, identifiers: identifiers(product),
            releases: EndOfLifeReleases(releases, product: name, into: &result).all)
    }

    /// Package URLs and CPE names; the third kind, Repology's, names projects in a way nothing else here does.
    private static func identifiers(_ product: JSONValue) -> [String] {
        guard let entries = product["identifiers"]?.array else { return [] }
        var identifiers: Set<String> = []
        for entry in entries where identifiers.count < 64 {
            guard let id = entry["id"]?.string, id.utf8.count <= 1024, id.hasPrefix("pkg:") || id.hasPrefix("cpe:")
            else {
                continue
            }
            identifiers.insert(id)
        }
        return identifiers.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// `nginx` of `…/api/nginx.json.gz`.
    private static func productName(_ path: String) -> String? {
        let name = String(FeedFiles.name(path).prefix { $0 != "." })
        return isProductName(name) ? name : nil
    }

    private static func isProductName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
