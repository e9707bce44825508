import Foundation

/// Times as they come from outside.
enum RFC3339 {
    /// Reads "2026-01-31T12:00:00Z", with or without fractions of a second, with any offset up to 23:59; `nil` for anything else.
    ///
    /// Foundation's parser takes only offsets that are in use somewhere, and whatever comes behind the time. So it gets the time alone.
    /// - Source: <https://www.rfc-editor.org/rfc/rfc3339#section-5.6>
    static func date(_ text: String) -> Date? {
        let form =
            /([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))/
        guard let match = text.wholeMatch(of: form) else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: match.2 != nil)
        guard let time = try? style.parse(match.1 + "Z") else { return nil }
        guard let sign = match.3, let hours = match.4.flatMap({ Double($0) }),
            let minutes = match.5.flatMap({ Double($0) })
        else { return time }
        let offset = (hours * 60 + minutes) * 60
        return time.addingTimeInterval(sign == "+" ? -offset : offset)
    }
}
