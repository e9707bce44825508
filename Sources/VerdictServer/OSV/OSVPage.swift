import Matching
import PackageIdentity

/// One page of the advisories that answer a query, ascending by id.
struct OSVPage {
    /// Each advisory id once.
    let advisories: [AdvisoryReference]
    /// The index they come from: the one in use, or the one that the first page came from.
    let index: AdvisoryIndex
    /// Whether more follow.
    let hasMore: Bool

    /// What is given in the answer to get the next page; `nil` at the end.
    var nextToken: String? {
        guard hasMore, let last = advisories.last else { return nil }
        return OSVPageToken(indexDigest: index.digest, last: last.id).text
    }

    /// - Throws: ``ServiceError`` for a query or a page token that is refused.
    init(
        _ query: OSVQuery, index present: AdvisoryIndex, indexes: any HeldIndexes, limit: Int
    ) throws(ServiceError) {
        let token = try query.pageToken.map { text throws(ServiceError) in try OSVPageToken(text) }
        index = try Self.index(for: token, present: present, indexes)
        var found: [AdvisoryReference] = []
        if let target = try OSVTarget(query, in: index) { found = Self.find(target, in: index) }
        if let token { found.removeAll { !token.last.utf8.lexicographicallyPrecedes($0.id.utf8) } }
        hasMore = found.count > limit
        advisories = Array(found.prefix(limit))
    }

    /// A shorter page.
    init(_ page: OSVPage, count: Int) {
        index = page.index
        hasMore = page.hasMore || count < page.advisories.count
        advisories = Array(page.advisories.prefix(count))
    }

    /// A listing that began with one index goes on with it, so that it neither skips nor repeats.
    private static func index(
        for token: OSVPageToken?, present: AdvisoryIndex, _ indexes: any HeldIndexes
    ) throws(ServiceError) -> AdvisoryIndex {
        guard let token, token.indexDigest != present.digest else { return present }
        guard let held = try? indexes.index(digest: token.indexDigest) else {
            throw .invalid("The page token is of an index that is no longer held; begin with the first page.")
        }
        return held
    }

    private static func find(_ target: OSVTarget, in index: AdvisoryIndex) -> [AdvisoryReference] {
        var byID: [String: AdvisoryReference] = [:]
        for scope in target.scopes {
            for advisory in find(target, scope: scope, in: index) {
                // One id may come from several feeds; the record is made of all of them, so the newest change counts.
                let known = byID[advisory.id]
                if known.map({ ($0.modified ?? .min) < (advisory.modified ?? .min) }) ?? true {
                    byID[advisory.id] = advisory
                }
            }
        }
        return byID.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    private static func find(_ target: OSVTarget, scope: String, in index: AdvisoryIndex) -> [AdvisoryReference] {
        guard let version = target.version else { return index.advisories(scope: scope, name: target.name) }
        let coordinates = AdvisoryCoordinates(scope: scope, name: target.name, version: version)
        return index.affectingAdvisories(at: coordinates, purl: target.purl)
    }
}

/// Where a listing goes on: base64 of the index digest, a line feed, and the last id given.
struct OSVPageToken: Equatable {
    let indexDigest: String
    let last: String

    init(indexDigest: String, last: String) {
        self.indexDigest = indexDigest
        self.last = last
    }

    /// - Throws: ``ServiceError`` when the text was not given by this service.
    init(_ text: String) throws(ServiceError) {
        guard let bytes = Base64URL.decode(text), let line = String(validating: bytes, as: UTF8.self),
            let end = line.firstIndex(of: "\n")
        else { throw .invalid("Invalid page token.") }
        indexDigest = String(line[..<end])
        last = String(line[line.index(after: end)...])
        let isDigest = indexDigest.utf8.count == 64 && indexDigest.utf8.allSatisfy(Base64URL.isLowercaseHex)
        guard isDigest, !last.isEmpty else { throw .invalid("Invalid page token.") }
    }

    var text: String { Base64URL.encode(Array("\(indexDigest)\n\(last)".utf8)) }
}

/// RFC 4648, section 5, without padding.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            var word = chunk.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word <<= UInt32(8 * (3 - chunk.count))
            for place in 0...chunk.count { text.append(alphabet[Int(word >> UInt32(18 - 6 * place)) & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: `nil` for text that ``encode(_:)`` does not give.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        var bits = 0
        for byte in text.utf8 {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            word = (word << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return encode(bytes) == text ? bytes : nil
    }

    static func isLowercaseHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
