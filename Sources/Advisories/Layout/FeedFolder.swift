#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder that feeds are looked for in, by the names of its layout.
struct FeedFolder {
    let path: String

    /// Whether a path is a folder; `nil` when nothing is there.
    static func isFolder(_ path: String) -> Bool? {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder : nil
    }

    func folder(_ name: String) -> FeedFolder { FeedFolder(path: file(name)) }

    func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// The visible names in the folder by their bytes; none when it is missing or a file.
    func names() throws -> [String] {
        guard Self.isFolder(path) == true else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw FeedError.unreadable(path: path, reason: "cannot be listed")
        }
    }

    /// Every place of the layout with the feeds that lie there.
    func layoutSources() throws -> [(name: String, sources: [FeedSource])] {
        try [
            ("osv", folder("osv").osvSources()), ("debian", folder("debian").debianSources()),
            ("alpine", folder("alpine/secdb").secdbSources()), ("csaf", folder("csaf").csafSources()),
            ("cve5", folder("cve5").cveSources()), ("nvd", folder("nvd").nvdSources()),
            ("kev", folder("kev").last("json", feed: .kev, kind: .kev)),
            ("epss", folder("epss").last("csv", feed: .epss, kind: .epss)),
            ("exploits", folder("exploits").exploitSources()), ("eol", folder("eol").lifecycleSources()),
            ("vex", folder("vex").vexSources()),
        ]
    }

    private func osvSources() throws -> [FeedSource] {
        try names().compactMap { ecosystem in
            let place = folder(ecosystem)
            let names = try place.names()
            if names.contains("all.zip") {
                let overlay = names.contains("changes.zip") ? place.file("changes.zip") : nil
                return FeedSource(
                    feed: .osv(ecosystem), kind: .osvExport, path: place.file("all.zip"), overlay: overlay)
            }
            guard names.contains(where: { $0.hasSuffix(".json") }) else { return nil }
            return FeedSource(feed: .osv(ecosystem), kind: .osvFolder, path: place.path)
        }
    }

    private func debianSources() throws -> [FeedSource] {
        let names = try names()
        func last(_ stem: String, _ type: String, _ feed: FeedID, _ kind: FeedSource.Kind) -> [FeedSource] {
            names.filter { Self.isNamed($0, stem, type: type) }.suffix(1).map {
                FeedSource(feed: feed, kind: kind, path: file($0))
            }
        }
        return last("tracker", ".json", .debianTracker, .debianTracker)
            + last("DSA-list", "", .debianSecurityAdvisories, .debianSecurityList)
            + last("DLA-list", "", .debianLongTermAdvisories, .debianSecurityList)
    }

    private func secdbSources() throws -> [FeedSource] {
        try names().flatMap { release -> [FeedSource] in
            let place = folder(release)
            return try place.names().compactMap { name -> FeedSource? in
                guard Self.isNamed(name, nil, type: ".json") else { return nil }
                let repository = name.prefix { $0 != "." }
                return FeedSource(feed: .alpine("\(release)/\(repository)"), kind: .alpineSecdb, path: place.file(name))
            }
        }
    }

    private func csafSources() throws -> [FeedSource] {
        try names().flatMap { publisher -> [FeedSource] in
            let place = folder(publisher)
            let names = try place.names()
            let parts = try ["vex", "advisories"].filter { try names.contains($0) && !place.folder($0).names().isEmpty }
            if parts.isEmpty {
                return names.isEmpty ? [] : [FeedSource(feed: .csaf(publisher), kind: .csaf, path: place.path)]
            }
            return parts.map { FeedSource(feed: .csaf("\(publisher)/\($0)"), kind: .csaf, path: place.file($0)) }
        }
    }

    private func cveSources() throws -> [FeedSource] {
        let names = try names()
        let archives = names.filter { name in
            [".zip", ".tar", ".tar.gz", ".tar.zst", ".tar.xz"].contains(where: name.hasSuffix)
        }
        if archives.isEmpty { return names.isEmpty ? [] : [FeedSource(feed: .cveList, kind: .cveList, path: path)] }
        return archives.map { FeedSource(feed: .cveList, kind: .cveList, path: file($0)) }
    }

    private func nvdSources() throws -> [FeedSource] {
        guard try names().contains(where: { Self.isNamed($0, nil, type: ".json") }) else { return [] }
        return [FeedSource(feed: .nvd, kind: .nvd, path: path)]
    }

    private func last(_ type: String, feed: FeedID, kind: FeedSource.Kind) throws -> [FeedSource] {
        try names().filter { Self.isNamed($0, nil, type: ".\(type)") }.suffix(1).map {
            FeedSource(feed: feed, kind: kind, path: file($0))
        }
    }

    private func exploitSources() throws -> [FeedSource] {
        try names().compactMap { name in
            if Self.isNamed(name, "files_exploits", type: ".csv") {
                return FeedSource(feed: .exploitDatabase, kind: .exploitDatabase, path: file(name))
            }
            guard Self.isNamed(name, "modules_metadata_base", type: ".json") else { return nil }
            return FeedSource(feed: .metasploit, kind: .metasploit, path: file(name))
        }
    }

    /// Of endoflife.date the one file with all products says more than the folder with a file for each.
    private func lifecycleSources() throws -> [FeedSource] {
        var sources: [FeedSource] = []
        let support = folder("debian-security-support")
        if try support.names().contains(where: { $0.hasPrefix("security-support-") }) {
            sources.append(FeedSource(feed: .debianSupport, kind: .debianSupport, path: support.path))
        }
        let dates = folder("endoflife.date")
        let whole = try dates.names().last { Self.isNamed($0, nil, type: ".json") }
        let products = try whole == nil && !dates.folder("api").names().isEmpty ? "api" : nil
        return sources
            + [whole ?? products].compactMap { $0 }.map {
                FeedSource(feed: .endOfLife, kind: .endOfLife, path: dates.file($0))
            }
    }

    private func vexSources() throws -> [FeedSource] {
        try names().filter { Self.isFolder(file($0)) == false }.map {
            FeedSource(feed: FeedID(rawValue: "vex/\($0)"), kind: .vex, path: file($0))
        }
    }

    /// Whether a file name is `stem` and `type` or that with the ending of a compression; `nil` stands for any stem.
    private static func isNamed(_ name: String, _ stem: String?, type: String) -> Bool {
        ["", ".gz", ".xz", ".bz2", ".zst"].contains { ending in
            stem.map { name == "\($0)\(type)\(ending)" } ?? name.hasSuffix("\(type)\(ending)")
        }
    }
}

extension FeedID {
    /// Debian's list of its security advisories.
    static let debianSecurityAdvisories = FeedID(rawValue: "debian-dsa")
    /// Debian's list of the advisories of its long-term support.
    static let debianLongTermAdvisories = FeedID(rawValue: "debian-dla")
}
