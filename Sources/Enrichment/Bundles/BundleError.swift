/// Why a feed bundle was not made or not taken. When it was not taken, nothing changed.
public enum BundleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No key, or not of the right half.
    case badKey(String)
    /// Neither a key nor the path of a file.
    case noKey(String)
    /// A mirror that offers nothing.
    case noBundles(place: String)
    /// The file is no bundle, or was cut off or altered.
    case damaged(path: String, reason: String)
    /// Signed by nobody who is trusted.
    case untrusted(path: String)
    /// Of a format that a later release writes.
    case newerFormat(path: String, format: Int)
    /// Made before the newest bundle that was imported.
    case older(path: String, sequence: Int64, held: Int64)
    /// An increment to a bundle that is not held.
    case baseMissing(path: String, base: Int64)
    /// A feed in it would withdraw too much, or cannot be read.
    case feedRefused(feed: String, reason: String)
    /// Nothing was ever fetched that could be bundled.
    case nothingHeld
    /// A file cannot be written.
    case unwritable(String)

    /// One line for people.
    public var description: String {
        switch self {
        case .badKey(let name): "\(name) is no key of the kind needed here; `zerotrace feeds keygen` makes both halves"
        case .noKey(let name): "\(name) is neither a key nor a file"
        case .noBundles(let place):
            "\(place) offers no bundles: neither \(BundleMirror.listName) nor \(BundleMirror.wholeName) is there"
        case .damaged(let path, let reason): "\(path): not a whole feed bundle: \(reason)"
        case .untrusted(let path): "\(path): signed by none of the trusted keys"
        case .newerFormat(let path, let format): "\(path): of bundle format \(format), which a later release reads"
        case .older(let path, let sequence, let held):
            "\(path): is bundle \(sequence), older than bundle \(held) in use; --allow-rollback takes it"
        case .baseMissing(let path, let base): "\(path): adds to bundle \(base), which is not held; import that first"
        case .feedRefused(let feed, let reason): "\(feed): \(reason); nothing was imported"
        case .nothingHeld: "there are no snapshots to bundle; run `zerotrace feeds sync` first"
        case .unwritable(let reason): "cannot write \(reason)"
        }
    }
}
