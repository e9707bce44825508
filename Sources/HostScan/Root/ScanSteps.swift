/// Asks before every step of a scan whether to go on, and keeps to the first answer that says no.
final class ScanSteps {
    private let isToGoOn: () -> Bool

    /// Whether the scan was told to end.
    private(set) var isEnded = false

    /// - Parameter isToGoOn: May take as long as it likes.
    init(_ isToGoOn: @escaping () -> Bool = { !Task.isCancelled }) {
        self.isToGoOn = isToGoOn
    }

    /// Whether the next step is to be made.
    func next() -> Bool {
        if !isEnded, !isToGoOn() { isEnded = true }
        return !isEnded
    }
}
