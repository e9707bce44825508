import Matching
import Verdicts

/// Where the service gets its indexes from: the one in use, and older ones as long as they are held.
///
/// An answer takes ``index`` once and rests on that one to its end, whatever comes into use meanwhile.
public protocol HeldIndexes: Sendable {
    /// The index in use; `nil` before the first.
    var index: AdvisoryIndex? { get }
    /// An index by digest, the present or an older one; `nil` when it is not held.
    /// - Throws: `IndexError` when its file is damaged.
    func index(digest: String) throws -> AdvisoryIndex?
}
