import Crypto
import Foundation
import Stores
import Wire

/// The cursor of a page as clients see it: the store's own behind a mark of the company whose list gave it out.
///
/// A store applies a cursor within the scope of whoever presents it, so that another company's shows nothing of it. The mark makes such
/// a cursor name nothing at all, like an id of another company, instead of beginning the own list somewhere in the middle. It is
/// no secret and guards nothing.
enum CompanyCursor {
    /// Bytes of SHA-256 over the company's id: enough to tell companies apart.
    private static let markLength = 9

    /// What a client gets.
    static func seal(_ cursor: String, scope: CompanyScope) -> String { mark(scope) + cursor }

    /// What the store gave out.
    ///
    /// - Throws: 404 when another company's list gave it out, 400 for what no list gave out.
    static func open(_ text: String, scope: CompanyScope) throws -> String {
        let mark = mark(scope)
        guard text.utf8.count > mark.utf8.count, Base64URL.decode(text.prefix(mark.count)) != nil else {
            throw StoreError.invalidCursor
        }
        guard text.hasPrefix(mark) else { throw APIError.notFound }
        return String(text.dropFirst(mark.count))
    }

    private static func mark(_ scope: CompanyScope) -> String {
        let digest = SHA256.hash(data: Data("cursor \(scope.companyID)".utf8))
        return Base64URL.encode(Array(digest.prefix(markLength)))
    }
}
