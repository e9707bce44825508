/// The forms in which a report is written.
public enum ReportFormat: String, Sendable, Hashable, CaseIterable {
    case table, json, sarif, cyclonedx, openvex, csv, html
}
