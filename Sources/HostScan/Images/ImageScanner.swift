import Inventory
import PackageIdentity

/// Takes the inventory of container images on disk: archives that `docker save` and `podman save` write, and OCI layouts.
///
/// Of each image its layers are laid over each other in a temporary folder, in which is kept what a scan reads, and that folder is scanned as a root.
public struct ImageScanner: Sendable {
    /// Path of an archive or of an unpacked one.
    public let path: String

    /// - Parameter path: Of an archive, which must not be packed itself, or of a folder.
    public init(path: String) {
        self.path = path
    }

    /// Reads every image.
    ///
    /// Works synchronously. Takes room for temporary files, at most 4 GB for the largest image.
    ///
    /// - Parameters:
    ///   - progress: Told in a few words what goes on.
    ///   - isToGoOn: Asked before every entry of a layer and every piece of it that is kept, then as by ``HostScanner``. `false` ends the scan.
    /// - Returns: The packages of all images; each place is one in an image, "alpine:3.18!/lib/apk/db/installed". The host is the first image's.
    ///   What is no image gives an empty report with a warning.
    /// - Throws: `CancellationError` when it was told to end.
    public func scan(
        progress: (String) -> Void = { _ in }, isToGoOn: @escaping () -> Bool = { !Task.isCancelled }
    ) throws(CancellationError) -> ScanReport {
        let steps = ScanSteps(isToGoOn)
        var reports: [ScanReport] = []
        do {
            let files = try ImageFiles(path: path)
            for image in try ImageManifest.all(in: files) {
                progress("image \(image.name), \(image.layers.count) layers")
                reports.append(try Self.scan(image, files, steps))
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            let warning = ScanWarning(path: path, reason: "\(error)")
            reports.append(ScanReport(inventory: Inventory([PackageURL]()), host: HostFacts(), warnings: [warning]))
        }
        return Self.merged(reports)
    }

    private static func scan(_ image: ImageManifest, _ files: ImageFiles, _ steps: ScanSteps) throws -> ScanReport {
        var warnings: [ScanWarning] = []
        let sources = image.layers.compactMap { layer -> (layer: String, source: ByteSource)? in
            do {
                return (layer, try files.source(layer))
            } catch {
                warnings.append(ScanWarning(path: "\(image.name)!\(layer)", reason: "\(error)"))
                return nil
            }
        }
        let root = try MergedRoot(packed: sources.reduce(0) { $0 + $1.source.count }, steps: steps)
        for (layer, source) in sources {
            do {
                try root.apply(source)
            } catch let error as CancellationError {
                throw error
            } catch {
                warnings.append(ScanWarning(path: "\(image.name)!\(layer)", reason: "\(error)"))
            }
        }
        warnings += root.warnings.map { ScanWarning(path: "\(image.name)!\($0.path)", reason: $0.reason) }
        var report = try HostScanner(root: root.path).scan(isToGoOn: steps.next)
        report.occurrences = report.occurrences.mapValues { places in places.map { "\(image.name)!\($0)" } }
        report.warnings =
            warnings + report.warnings.map { ScanWarning(path: "\(image.name)!\($0.path)", reason: $0.reason) }
        withExtendedLifetime(root) {}
        return report
    }

    private static func merged(_ reports: [ScanReport]) -> ScanReport {
        guard let first = reports.first, reports.count > 1 else {
            return reports.first ?? ScanReport(inventory: Inventory([PackageURL]()), host: HostFacts())
        }
        var occurrences: [PackageURL: [String]] = [:]
        for report in reports { occurrences.merge(report.occurrences) { ($0 + $1).sorted() } }
        return ScanReport(
            inventory: Inventory(reports.flatMap(\.inventory.packages)), declared: reports.flatMap(\.declared),
            host: first.host, occurrences: occurrences, warnings: reports.flatMap(\.warnings))
    }
}
