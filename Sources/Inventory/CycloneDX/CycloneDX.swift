import PackageIdentity

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes scan reports as CycloneDX documents.
///
/// - Source: <https://cyclonedx.org/docs/1.6/json/>
public enum CycloneDX {
    /// Writes a report as CycloneDX 1.6 JSON.
    ///
    /// Components ascend by package URL and members keep one order, so equal reports give equal bytes. No serial number is
    /// written, since it would have to differ each time.
    ///
    /// - Parameters:
    ///   - report: Any report, also an empty one. Its warnings become properties of the host.
    ///   - toolVersion: Version of the program that took the inventory.
    ///   - timestamp: When it was taken, written in UTC to the second; `nil` leaves it out.
    /// - Returns: UTF-8 text that ends with a newline.
    public static func write(_ report: ScanReport, toolVersion: String, timestamp: Date?) -> [UInt8] {
        JSONNode.object([
            ("$schema", .string("http://cyclonedx.org/schema/bom-1.6.schema.json")),
            ("bomFormat", .string("CycloneDX")),
            ("specVersion", .string("1.6")),
            ("version", .number(1)),
            ("metadata", metadata(report, toolVersion: toolVersion, timestamp: timestamp)),
            (
                "components",
                .array(
                    report.packages.map {
                        component($0.package, $0.evidence, places: report.occurrences[$0.package] ?? [])
                    })
            ),
        ]).serialized()
    }

    private static func metadata(_ report: ScanReport, toolVersion: String, timestamp: Date?) -> JSONNode {
        let tool = JSONNode.object([
            ("type", .string("application")), ("name", .string("zerotrace")), ("version", .string(toolVersion)),
        ])
        return .object([
            ("timestamp", timestamp.map { .string($0.formatted(.iso8601)) }),
            ("tools", .object([("components", .array([tool]))])),
            ("component", host(report.host)),
            ("properties", properties(of: report)),
        ])
    }

    /// The host's operating system is what the document describes.
    private static func host(_ host: HostFacts) -> JSONNode {
        .object([
            ("bom-ref", .string("host")),
            ("type", .string("operating-system")),
            ("name", .string(host.os?.id ?? "unknown")),
            ("version", host.os?.versionID.map(JSONNode.string)),
            ("description", host.os.map { .string($0.prettyName) }),
        ])
    }

    private static func properties(of report: ScanReport) -> JSONNode {
        let host = report.host
        var pairs = [
            ("zerotrace:inventory:digest", report.inventory.digest.description),
            ("zerotrace:host:name", host.hostname),
            ("zerotrace:host:architecture", host.architecture),
            ("zerotrace:host:kernel", host.kernelRelease ?? ""),
            ("zerotrace:host:boot-time", host.bootTime.map(String.init) ?? ""),
        ]
        pairs += report.warnings.map { ("zerotrace:warning", $0.description) }
        return .array(pairs.filter { !$0.1.isEmpty }.map(property))
    }

    private static func component(
        _ package: PackageURL, _ evidence: PackageEvidence, places: [String]
    ) -> JSONNode {
        let text = package.description
        let occurrences = places.sorted().map { JSONNode.object([("location", .string($0))]) }
        return .object([
            ("bom-ref", .string(text)),
            ("type", .string("library")),
            ("group", group(of: package)),
            ("name", .string(package.name)),
            ("version", package.version.map(JSONNode.string)),
            ("purl", .string(text)),
            ("evidence", occurrences.isEmpty ? nil : .object([("occurrences", .array(occurrences))])),
            ("properties", .array(properties(of: package, evidence).map(property))),
        ])
    }

    /// npm scopes, Maven groups and the like; the namespace of a distribution package is its vendor, which is no group.
    private static func group(of package: PackageURL) -> JSONNode? {
        let vendors: Set<String> = ["deb", "rpm", "apk", "alpm"]
        return vendors.contains(package.type) ? nil : package.namespace.map(JSONNode.string)
    }

    private static func properties(of package: PackageURL, _ evidence: PackageEvidence) -> [(String, String)] {
        let pairs = [
            ("zerotrace:package:ecosystem", package.type),
            ("zerotrace:package:source", package.qualifier("upstream") ?? ""),
            ("zerotrace:package:evidence", evidence.rawValue),
        ]
        return pairs.filter { !$0.1.isEmpty }
    }

    private static func property(_ pair: (String, String)) -> JSONNode {
        .object([("name", .string(pair.0)), ("value", .string(pair.1))])
    }
}
