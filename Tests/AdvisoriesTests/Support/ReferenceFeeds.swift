import Foundation

/// The snapshots of public feeds that some tests read: `$ZEROTRACE_FEEDS`, or `../shared/feeds` beside the package.
enum ReferenceFeeds {
    static let folder: String? = {
        let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared/feeds").path
        let path = ProcessInfo.processInfo.environment["ZEROTRACE_FEEDS"] ?? beside
        return FileManager.default.fileExists(atPath: "\(path)/osv") ? path : nil
    }()
}
