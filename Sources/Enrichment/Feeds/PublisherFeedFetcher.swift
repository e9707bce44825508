import Advisories
import Foundation

/// The publishers themselves.
struct PublisherFeedFetcher: FeedFetcher {
    let files: [FeedFile]
    let downloader: FeedDownloader
    /// For NVD's key and pace.
    let nvd: NVDClient

    func listFiles() -> [FeedFile] { files }

    func fetch(_ file: FeedFile, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        switch file.source {
        case .file(let url): return try await fetch(url, to: staging, held: held)
        case .folder(let parts): return try await fetch(parts, to: staging)
        case .osv(let base):
            return try await OSVIncrement(base: base, downloader: downloader).fetch(to: staging, held: held)
        case .nvd(let url): return try await NVDIncrement(client: nvd, url: url).fetch(to: staging, held: held)
        case .namedArchive(let url): return try await fetchArchive(namedBy: url, to: staging, held: held)
        case .local: return .absent
        }
    }

    private func fetch(_ url: String, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        switch try await downloader.download(url, to: staging, unlessTagged: held.version?.tag(of: url)) {
        case .file(let tag): .fetched(tag.map { FeedVersion(url: url, tag: $0) })
        case .unchanged: .unchanged
        // Alpine's next release is asked for before it is out.
        case .notFound: .absent
        }
    }

    /// Parts that a publisher does not have are left out; a release's list comes and goes.
    private func fetch(_ parts: [FeedFile.Part], to staging: String) async throws -> FetchOutcome {
        var found = false
        for part in parts {
            let answer = try await downloader.download(part.url, to: staging + "/" + part.name)
            if case .file = answer { found = true }
        }
        return found ? .fetched(nil) : .absent
    }

    private func fetchArchive(namedBy url: String, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome
    {
        guard let text = try await downloader.read(url, limit: 4096) else { return .absent }
        let name = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*\.tar\.[a-z0-9]+/) != nil else {
            throw FeedFetchError.unreadable("names no archive")
        }
        let version = FeedVersion(url: url, tag: name)
        if version == held.version { return .unchanged }
        let archive = String(url.prefix(through: url.lastIndex(of: "/") ?? url.startIndex)) + name
        guard case .file = try await downloader.download(archive, to: staging + "/" + name) else { return .absent }
        return .fetched(version)
    }
}

/// A mirror of the snapshot folder at a base URL. It carries feeds of known files; a folder of many needs a bundle.
struct MirrorFeedFetcher: FeedFetcher {
    let base: String
    let downloader: FeedDownloader

    func listFiles() -> [FeedFile] { FeedCatalogue.files }

    func fetch(_ file: FeedFile, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        let url = FeedDownloader.url(base, file.path)
        switch file.source {
        case .file:
            switch try await downloader.download(url, to: staging, unlessTagged: held.version?.tag(of: url)) {
            case .file(let tag): return .fetched(tag.map { FeedVersion(url: url, tag: $0) })
            case .unchanged: return .unchanged
            case .notFound: return .absent
            }
        case .osv: return try await fetchExport(url, to: staging, held: held)
        case .folder(let parts):
            var found = false
            for part in parts {
                let answer = try await downloader.download(
                    FeedDownloader.url(url, part.name), to: staging + "/" + part.name)
                if case .file = answer { found = true }
            }
            return found ? .fetched(nil) : .absent
        case .nvd, .namedArchive, .local: return .absent
        }
    }

    /// The export, and the newer records beside it if the mirror has some.
    private func fetchExport(_ url: String, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        let (export, changes) = (url + "/all.zip", url + "/changes.zip")
        let tag = held.version?.tag(of: export)
        let overlay = try await downloader.download(changes, to: staging + "/changes.zip")
        let hadOverlay = FileManager.default.fileExists(atPath: held.path + "/changes.zip")
        let sameOverlay = overlay == .notFound && !hadOverlay
        switch try await downloader.download(
            export, to: staging + "/all.zip", unlessTagged: sameOverlay ? tag : nil)
        {
        case .file(let tag): return .fetched(sameOverlay ? tag.map { FeedVersion(url: export, tag: $0) } : nil)
        case .unchanged: return .unchanged
        case .notFound: return .absent
        }
    }
}

extension FeedVersion {
    init(url: String, tag: String) { text = "\(url) \(tag)" }

    /// The tag, unless another source said it.
    func tag(of url: String) -> String? {
        text.hasPrefix(url + " ") ? String(text.dropFirst(url.utf8.count + 1)) : nil
    }
}
