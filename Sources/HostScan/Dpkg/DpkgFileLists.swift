import Glibc

/// dpkg's lists of the files of every package.
enum DpkgFileLists {
    static let listFolder = "/var/lib/dpkg/info"

    /// Most bytes of one package's list.
    static let listLimit = 64 << 20

    /// Reads all lists.
    static func read(from root: RootFolder, into findings: inout Findings) {
        for (folder, suffix) in [(listFolder, ".list"), (DpkgCollector.statusFolder, ".md5sums")] {
            do {
                for name in try root.names(in: folder) where name.hasSuffix(suffix) {
                    read("\(folder)/\(name)", root, &findings)
                }
            } catch {
                if !error.isMissing { findings.warn(folder, "\(error.reason)") }
            }
        }
    }

    private static func read(_ path: String, _ root: RootFolder, _ findings: inout Findings) {
        do {
            collect(from: try root.read(path, limit: listLimit), into: &findings.ownedFiles)
        } catch {
            findings.warn(path, "\(error.reason)")
        }
    }

    static func collect(from list: [UInt8], into owned: inout OwnedFiles) {
        forEachFile(of: list) { name, folder in owned.add(name, in: folder, of: .deb) }
    }

    /// - Parameter list: Lines of absolute paths, or of checksum, two blanks and relative path as md5sum(1) writes them.
    static func forEachFile(of list: [UInt8], _ body: (_ name: FileName, _ folder: () -> String) -> Void) {
        list.withUnsafeBufferPointer { list in
            guard let base = list.baseAddress else { return }
            var start = 0
            while start < list.count {
                let found = memchr(base + start, 0x0A, list.count - start)
                let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? list.count
                take(line: UnsafeBufferPointer(rebasing: list[start..<end]), body)
                start = end + 1
            }
        }
    }

    private static func take(
        line: UnsafeBufferPointer<UInt8>, _ body: (_ name: FileName, _ folder: () -> String) -> Void
    ) {
        let slash = UInt8(ascii: "/")
        guard let last = line.lastIndex(of: slash) else { return }
        let name = FileName(UnsafeBufferPointer(rebasing: line[(last + 1)...]))
        // "/usr/lib/x/METADATA", or "<32 digits>  usr/lib/x/METADATA".
        let isChecksum = line.first != slash
        let start = isChecksum ? 34 : 0
        guard start <= last else { return }
        body(name) { (isChecksum ? "/" : "") + String(decoding: line[start..<last], as: UTF8.self) }
    }
}
