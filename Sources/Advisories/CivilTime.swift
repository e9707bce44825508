/// A Unix time as a date of the Gregorian calendar and the second of that day, in UTC.
///
/// Times outside of the years 1 to 9999 are taken as the nearest end, because RFC 3339 has four digits for the year.
package struct CivilTime: Equatable {
    package let year: Int
    package let month: Int
    package let day: Int
    /// 0 to 86,399.
    package let second: Int

    private static let earliest: Int64 = -62_135_596_800
    private static let latest: Int64 = 253_402_300_799

    /// - Source of the arithmetic: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`:
    ///   <https://howardhinnant.github.io/date_algorithms.html>; eras of 400 years that begin on 1 March.
    package init(_ seconds: Int64) {
        let bounded = min(max(seconds, Self.earliest), Self.latest)
        let (days, rest) = bounded.quotientAndRemainder(dividingBy: 86_400)
        second = Int(rest < 0 ? rest + 86_400 : rest)
        // Days since 1 March of the year 0; never negative, as the year is at least 1.
        let shifted = Int(days) + (rest < 0 ? -1 : 0) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
