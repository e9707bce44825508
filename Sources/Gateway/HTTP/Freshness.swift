import HTTPTypes

/// Which answers may be a little old, so that a copy of the database can give them.
enum Freshness {
    /// A program's may, and whatever is taken away whole, unless it is asked for anew. People look at what they, or the live stream, said a
    /// moment ago, through whichever gateway.
    ///
    /// - Parameter cacheControl: The request's `Cache-Control`.
    /// - Source: RFC 9111 section 5.2.1.4, <https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.4>
    static func mayLag(_ method: HTTPRequest.Method, cacheControl: String?, isProgram: Bool, isExport: Bool) -> Bool {
        guard method == .get || method == .head, isProgram || isExport else { return false }
        return cacheControl?.lowercased().contains("no-cache") != true
    }
}
