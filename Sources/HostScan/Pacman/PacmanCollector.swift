import BoundedInput
import Inventory
import PackageIdentity

/// Packages that pacman knows: a folder for each, with what it is in `desc` and its files in `files`.
struct PacmanCollector: DatabaseCollector {
    static let localFolder = "/var/lib/pacman/local"

    /// Most bytes of one `desc`; dependencies and descriptions make some kilobytes.
    static let descriptionLimit = 1 << 20

    /// Most bytes of one `files`.
    static let filesLimit = 64 << 20

    /// Most bytes of one line of `files`, as the system bounds paths.
    private static let maximumLine = 4096

    func collect(from root: RootFolder, into findings: inout Findings) {
        let distribution = findings.host.os.flatMap { DistributionName($0, for: .alpm) }
        var architectures: [String: Int] = [:]
        do {
            // Beside the folders lies a file that numbers the format.
            for name in try root.names(in: Self.localFolder) where name != "ALPM_DB_VERSION" {
                let folder = "\(Self.localFolder)/\(name)"
                guard let record = read("\(folder)/desc", root, &findings) else { continue }
                if !record.architecture.isEmpty, record.architecture != "any" {
                    architectures[record.architecture, default: 0] += 1
                }
                findings.add(at: "\(folder)/desc") { () throws(PackageURLError) in try record.packageURL(distribution) }
                readFiles("\(folder)/files", root, &findings)
            }
        } catch {
            if !error.isMissing { findings.warn(Self.localFolder, "\(error.reason)") }
        }
        findings.noteArchitectures(architectures)
    }

    private func read(_ path: String, _ root: RootFolder, _ findings: inout Findings) -> PacmanRecord? {
        do {
            let record = PacmanRecord(try root.read(path, limit: Self.descriptionLimit))
            guard !record.name.isEmpty, !record.version.isEmpty else {
                findings.warn(path, "without name or version")
                return nil
            }
            return record
        } catch {
            findings.warn(path, "\(error.reason)")
            return nil
        }
    }

    private func readFiles(_ path: String, _ root: RootFolder, _ findings: inout Findings) {
        do {
            let file = try root.openFile(path)
            guard try PositionedFile(file).size <= Self.filesLimit else {
                throw FileReadError.Reason.tooLarge(limit: Self.filesLimit)
            }
            var lines = LineReader(descriptor: file.number, limit: Self.maximumLine)
            var list = PacmanFileList()
            while let line = try lines.next() {
                // What is longer is no path that the system could open.
                if case .line(let text) = line { list.take(text, into: &findings.ownedFiles) }
            }
        } catch let error as FileReadError {
            // A package without files has no list.
            if !error.isMissing { findings.warn(path, "\(error.reason)") }
        } catch {
            findings.warn(path, "\(error)")
        }
    }
}

/// Takes the paths of a package's files out of `files`: those of the section `%FILES%`, which have no slash before them.
struct PacmanFileList {
    private var isInFiles = false

    /// Takes the next line, without its end.
    mutating func take(_ line: [UInt8], into owned: inout OwnedFiles) {
        take(line) { name, folder in owned.add(name, in: folder, of: .alpm) }
    }

    /// Takes the next line, without its end, and hands on the file that it names.
    mutating func take(_ line: [UInt8], _ body: (_ name: FileName, _ folder: () -> String) -> Void) {
        if line.first == UInt8(ascii: "%"), line.last == UInt8(ascii: "%") {
            isInFiles = line.elementsEqual("%FILES%".utf8)
            return
        }
        guard isInFiles, let slash = line.lastIndex(of: UInt8(ascii: "/")) else { return }
        line.withUnsafeBufferPointer { line in
            body(FileName(UnsafeBufferPointer(rebasing: line[(slash + 1)...]))) {
                "/" + String(decoding: line[..<slash], as: UTF8.self)
            }
        }
    }
}
