import Foundation

/// Where an installation keeps its data, and what lies where in it.
public struct DataFolder: Sendable, Hashable {
    /// The folder itself.
    public let path: String

    /// Makes one from its parts.
    public init(path: String) { self.path = path }

    /// Snapshots of the feeds, in the layout of a mirror.
    public var feeds: String { path + "/feeds" }
    /// Compiled indexes, each named by its digest, and the link `current`.
    public var indexes: String { path + "/index" }
    /// Feeds taken apart for the next compile; may be deleted at any time.
    public var parts: String { path + "/parts" }
    /// The embedded database.
    public var database: String { path + "/zerotrace.sqlite" }
    /// The key that signs access tokens.
    public var signingKey: String { path + "/signing.key" }
    /// The key under which secrets are sealed in the database.
    public var sealingKey: String { path + "/sealing.key" }

    /// `ZEROTRACE_DATA`, else `/var/lib/zerotrace` for root, else the user's data folder of the XDG base directory specification.
    public static func standard(environment: [String: String]) -> DataFolder {
        standard(environment: environment, isRoot: geteuid() == 0)
    }

    static func standard(environment: [String: String], isRoot: Bool) -> DataFolder {
        if let path = environment["ZEROTRACE_DATA"], !path.isEmpty { return DataFolder(path: path) }
        if isRoot { return DataFolder(path: "/var/lib/zerotrace") }
        // Paths set here must be absolute; others are to be ignored. <https://specifications.freedesktop.org/basedir-spec/latest/>
        let own = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return DataFolder(path: (own ?? (environment["HOME"] ?? ".") + "/.local/share") + "/zerotrace")
    }

    /// Makes the folder, readable by its owner alone, and the folders in it.
    public func create() throws(FileFailure) {
        for folder in [path, feeds, indexes] { try SnapshotFiles.makeFolder(folder, mode: 0o700) }
    }
}
