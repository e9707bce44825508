import BoundedInput
import PackageIdentity

/// Which package has a file, by the lists of the package databases. What was found stays known until one of the databases changes.
///
/// What cannot be read here the scan of packages could not read either, and said so.
struct PackageOwners {
    private var databases: [FileFacts] = []
    /// Package URLs by path; `nil` for a file of no package.
    private var known: [String: String?] = [:]

    /// Most paths that stay known.
    private static let maximumPaths = 100_000

    /// - Parameters:
    ///   - paths: As seen from inside the root, through no link.
    ///   - os: Of the root.
    /// - Returns: Package URLs by path, of those that a package has.
    mutating func packages(of paths: Set<String>, in root: RootFolder, _ os: OperatingSystem?) -> [String: String] {
        let facts = Self.facts(root)
        if facts != databases || known.count + paths.count > Self.maximumPaths { known = [:] }
        databases = facts
        let unknown = paths.filter { known[$0] == nil }
        if !unknown.isEmpty {
            for path in unknown { known[path] = .some(nil) }
            var reading = Reading(root: root, os: os, sought: SoughtFiles(unknown))
            reading.run()
            known.merge(reading.owners) { _, found in found }
        }
        var owners: [String: String] = [:]
        for path in paths {
            if let owner = known[path] ?? nil { owners[path] = owner }
        }
        return owners
    }

    private static func facts(_ root: RootFolder) -> [FileFacts] {
        let rpm = RPMCollector.folders.flatMap { folder in
            RPMDatabase.allCases.flatMap { ["\(folder)/\($0.fileName)", "\(folder)/\($0.fileName)-wal"] }
        }
        let paths =
            [
                DpkgCollector.statusFile, DpkgCollector.statusFolder, DpkgFileLists.listFolder,
                PacmanCollector.localFolder,
            ]
            + ApkCollector.installedFiles + rpm
        return paths.map { root.facts(of: $0) ?? .none }
    }
}

/// One pass over the lists of all databases.
private struct Reading {
    let root: RootFolder
    let os: OperatingSystem?
    var sought: SoughtFiles
    var owners: [String: String?] = [:]

    mutating func run() {
        readDpkg()
        readRPM()
        readApk()
        readPacman()
    }

    /// Whose the files are that were just found.
    private mutating func note(_ package: () throws -> PackageURL) {
        let found = sought.takeFound()
        guard !found.isEmpty, let package = try? package() else { return }
        for path in found where (owners[path] ?? nil) == nil { owners[path] = package.description }
    }

    private mutating func readDpkg() {
        let names = (try? root.names(in: DpkgFileLists.listFolder).filter { $0.hasSuffix(".list") }) ?? []
        let parts = (try? root.names(in: DpkgCollector.statusFolder)) ?? []
        guard !names.isEmpty || !parts.isEmpty else { return }
        var records: [String: DpkgRecord] = [:]
        func read(_ path: String) {
            guard let bytes = try? root.read(path, limit: DpkgCollector.statusLimit) else { return }
            _ = DpkgStatusReader.read(bytes) { record in
                guard record.presence == .present, records.count < Findings.maximumPackages else { return }
                // Lists of packages that may be installed for several architectures have the architecture in their names.
                records["\(record.package):\(record.architecture)"] = record
                records[record.package] = records[record.package] ?? record
            }
        }
        read(DpkgCollector.statusFile)
        for name in parts where !name.hasSuffix(".md5sums") && !name.hasSuffix(".list") {
            read("\(DpkgCollector.statusFolder)/\(name)")
        }
        let distribution = os.flatMap { DistributionName($0, for: .deb) }
        let lists =
            names.map { (folder: DpkgFileLists.listFolder, name: $0, package: $0.dropLast(5)) }
            + parts.filter { $0.hasSuffix(".md5sums") }
            .map { (folder: DpkgCollector.statusFolder, name: $0, package: $0.dropLast(8)) }
        for list in lists {
            guard let record = records[String(list.package)],
                let bytes = try? root.read("\(list.folder)/\(list.name)", limit: DpkgFileLists.listLimit)
            else { continue }
            DpkgFileLists.forEachFile(of: bytes) { name, folder in sought.add(name, in: folder) }
            note { try record.packageURL(distribution) }
        }
    }

    private mutating func readRPM() {
        let distribution = os.flatMap { DistributionName($0, for: .rpm) }
        for folder in RPMCollector.folders {
            for database in RPMDatabase.allCases {
                guard let files = try? RPMCollector().files(of: "\(folder)/\(database.fileName)", root),
                    files[0].size <= RPMCollector.maximumSize
                else { continue }
                var count = 0
                try? database.forEachHeader(in: files[0], log: files.dropFirst().first) { bytes in
                    guard root.steps.next(), count < Findings.maximumPackages,
                        let header = try? RPMHeader(try bytes.get()), let record = try? RPMRecord(header)
                    else { return }
                    count += 1
                    try? header.forEachFile { folder, name in
                        let path = folder.last == UInt8(ascii: "/") ? folder.dropLast() : folder[...]
                        sought.add(FileName(name)) { String(decoding: path, as: UTF8.self) }
                    }
                    note { try record.packageURL(distribution) }
                }
                if count > 0 { return }
            }
        }
    }

    private mutating func readApk() {
        let distribution = os.flatMap { DistributionName($0, for: .apk) }
        for path in ApkCollector.installedFiles {
            guard let file = try? root.openFile(path) else { continue }
            defer { withExtendedLifetime(file) {} }
            var lines = LineReader(descriptor: file.number, limit: ApkInstalledReader.maximumLine)
            var reader = ApkInstalledReader()
            reader.soughtFiles = sought
            while true {
                guard let line = try? lines.next() else { break }
                let text: [UInt8]? = if case .line(let text) = line { text } else { nil }
                take(reader.take(text), &reader, distribution)
            }
            take(reader.end(), &reader, distribution)
            return
        }
    }

    private mutating func take(
        _ record: ApkRecord?, _ reader: inout ApkInstalledReader, _ distribution: DistributionName?
    ) {
        guard let record, let files = reader.soughtFiles else { return }
        sought = files
        note { try record.packageURL(distribution) }
        reader.soughtFiles = sought
    }

    private mutating func readPacman() {
        let distribution = os.flatMap { DistributionName($0, for: .alpm) }
        for name in (try? root.names(in: PacmanCollector.localFolder)) ?? [] {
            let folder = "\(PacmanCollector.localFolder)/\(name)"
            guard let list = try? root.read("\(folder)/files", limit: PacmanCollector.filesLimit) else { continue }
            var files = PacmanFileList()
            for line in list.split(separator: UInt8(ascii: "\n")) {
                files.take(Array(line)) { name, folder in sought.add(name, in: folder) }
            }
            let root = root
            note {
                try PacmanRecord(try root.read("\(folder)/desc", limit: PacmanCollector.descriptionLimit))
                    .packageURL(distribution)
            }
        }
    }
}
