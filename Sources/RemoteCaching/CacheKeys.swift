import Caching
import Crypto
import Stores

/// Keys outside of the process: `<prefix>:cache:{<company>}:…`, the braces so that a company is on one slot of a Redis Cluster.
struct CacheKeys: Sendable {
    let prefix: String

    /// Where the company's stamp is.
    func stamp(_ scope: CompanyScope) -> String { "\(start(scope)):stamp" }

    /// Where an entry is. The name is hashed: it may be long and hold anything.
    func entry(_ key: StoredCacheKey) -> String {
        let digest = SHA256.hash(data: Array(key.key.name.utf8)).reduce(into: "") { text, byte in
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return "\(start(key.key.scope)):\(key.kind):\(digest)"
    }

    private func start(_ scope: CompanyScope) -> String { "\(prefix):cache:{\(scope.companyID)}" }
}

/// A level refused, or said what it should not.
struct CacheLevelError: Error, CustomStringConvertible {
    let description: String
}

/// How long a stamp is kept: longer than any entry. When it goes first, its entries are as good as gone.
let stampLifetime = Duration.seconds(7 * 86_400)
/// Longest life of an entry.
let longestLifetime = Duration.seconds(86_400)
