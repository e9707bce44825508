import BoundedInput
import Inventory
import PackageIdentity

/// Packages that rpm knows, from its database alone: SQLite, NDB or Berkeley DB.
struct RPMCollector: DatabaseCollector {
    /// Where distributions have put the database; some of these are links to others.
    static let folders = ["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"]

    /// Most bytes of a database; 2,000 packages need some 100 MB. A file with holes may be of any size and cost its owner nothing.
    static let maximumSize = 2 << 30

    /// How often a database is read again because it was written meanwhile.
    private static let maximumAttempts = 3

    func collect(from root: RootFolder, into findings: inout Findings) {
        var seen: [PositionedFile.Facts] = []
        var architectures: [String: Int] = [:]
        for folder in Self.folders {
            // rpm converts a database into its present format and leaves the old one. But merely asking rpm for something creates an empty
            // database of its own format, so the first that holds anything counts.
            for database in RPMDatabase.allCases {
                let path = "\(folder)/\(database.fileName)"
                guard let reading = read(database, at: path, root, &seen, &findings) else { continue }
                add(reading.records, at: path, &architectures, into: &findings)
                findings.ownedFiles.formUnion(reading.ownedFiles)
                for (fault, count) in reading.faults.sorted(by: { $0.key < $1.key }) {
                    findings.warn(path, count == 1 ? fault : "\(fault) (\(count) times)")
                }
                if !reading.records.isEmpty { break }
            }
        }
        readManifest(root, &architectures, &findings)
        findings.noteArchitectures(architectures)
    }

    private func readManifest(_ root: RootFolder, _ architectures: inout [String: Int], _ findings: inout Findings) {
        let path = RPMManifest.path
        do {
            let (records, faults) = RPMManifest.read(try root.read(path, limit: RPMManifest.limit))
            add(records, at: path, &architectures, into: &findings)
            for line in faults.prefix(RPMReading.maximumFaults) { findings.warn(path, "line \(line): no package") }
        } catch {
            if !error.isMissing { findings.warn(path, "\(error.reason)") }
        }
    }

    /// - Returns: `nil` when there is no such file, or it was read under another path.
    private func read(
        _ database: RPMDatabase, at path: String, _ root: RootFolder, _ seen: inout [PositionedFile.Facts],
        _ findings: inout Findings
    ) -> RPMReading? {
        do throws(FileReadError) {
            var reading = RPMReading()
            for _ in 0..<Self.maximumAttempts {
                let files = try files(of: path, root)
                let before = files.map(\.facts)
                if seen.contains(where: before[0].isSameFile) { return nil }
                // What asking rpm for packages leaves where there are none.
                if before.allSatisfy({ $0.size == 0 }) { return nil }
                guard before[0].size <= Self.maximumSize else {
                    throw FileReadError(path: path, reason: .tooLarge(limit: Self.maximumSize))
                }
                reading = RPMReading()
                do throws(FileFault) {
                    try database.forEachHeader(in: files[0], log: files.dropFirst().first) { reading.take($0) }
                } catch {
                    reading.note(error)
                }
                guard before == files.map(\.currentFacts) else { continue }
                seen.append(before[0])
                return reading
            }
            findings.warn(path, "it was written while it was read, so packages may be missing")
            return reading
        } catch {
            if !error.isMissing { findings.warn(error.path, "\(error.reason)") }
            return nil
        }
    }

    /// The database, and the log beside it if there is one.
    func files(of path: String, _ root: RootFolder) throws(FileReadError) -> [PositionedFile] {
        var files: [PositionedFile] = []
        for path in [path, path + "-wal"] {
            do throws(FileReadError) {
                files.append(try root.openPositioned(path))
            } catch {
                guard !files.isEmpty, error.isMissing else { throw error }
            }
        }
        return files
    }

    private func add(
        _ records: [RPMRecord], at path: String, _ architectures: inout [String: Int], into findings: inout Findings
    ) {
        let distribution = findings.host.os.flatMap { DistributionName($0, for: .rpm) }
        for record in records {
            if record.architecture != "noarch", !record.architecture.isEmpty {
                architectures[record.architecture, default: 0] += 1
            }
            findings.add(at: path) { () throws(PackageURLError) in try record.packageURL(distribution) }
        }
    }
}

/// What one pass over a database gave.
struct RPMReading {
    /// Most kinds of faults that are kept.
    static let maximumFaults = 20

    private(set) var records: [RPMRecord] = []
    private(set) var ownedFiles = OwnedFiles()

    /// How often each fault was met.
    private(set) var faults: [String: Int] = [:]

    /// Takes a header, or what kept it from being read.
    mutating func take(_ bytes: Result<ArraySlice<UInt8>, FileFault>) {
        do throws(FileFault) {
            let header = try RPMHeader(try bytes.get())
            let record = try RPMRecord(header)
            if record.isPublicKey { return }
            guard records.count < Findings.maximumPackages else { throw .damaged("more packages than are kept") }
            records.append(record)
            try takeFiles(of: header, record)
        } catch {
            note(error)
        }
    }

    /// Notes what is wrong.
    mutating func note(_ fault: FileFault) {
        let text = fault.description
        let isKept = faults.count < Self.maximumFaults || faults[text] != nil
        faults[isKept ? text : "other faults", default: 0] += 1
    }

    private mutating func takeFiles(of header: RPMHeader, _ record: RPMRecord) throws(FileFault) {
        // No advisory of the distribution speaks of what others built, nor of what they bundled with it.
        guard (try? record.packageURL(nil))?.foreignBuild == nil else { return }
        try header.forEachFile { folder, name in
            let path = folder.last == UInt8(ascii: "/") ? folder.dropLast() : folder[...]
            ownedFiles.add(FileName(name), in: { String(decoding: path, as: UTF8.self) }, of: .rpm)
        }
    }
}
