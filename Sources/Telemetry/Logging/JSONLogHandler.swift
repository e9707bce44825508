import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes each log record as one line of JSON.
///
///     {"level":"info","logger":"gateway","message":"listening","metadata":{"port":8443},"source":"Gateway",
///      "time":"2026-11-22T16:48:37.120Z"}
///
/// Keys ascend at every depth; `metadata` is left out when empty; `error` and `errorType` stand first when the record has
/// an error. `time` is RFC 3339 in UTC with milliseconds. Whole numbers and truth values in metadata stay what they are,
/// everything else is a string. Values are hidden by ``LogRedaction`` and by ``LogSensitivity``; strings are cut at 8 KiB
/// and metadata at depth 8, so that one record stays one line of bounded length.
public struct JSONLogHandler: LogHandler {
    /// Records below this level are not written.
    public var logLevel: Logger.Level
    /// Added to every record of this logger.
    public var metadata: Logger.Metadata = [:]
    /// Asked for metadata at every record.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let redaction: LogRedaction
    private let output: LogOutput
    private let now: @Sendable () -> Date

    private static let deepest = 8

    /// Creates the handler of one logger, as the closure of `LoggingSystem.bootstrap` must.
    ///
    /// - Parameters:
    ///   - label: The logger's name.
    ///   - level: Records below it are not written.
    ///   - metadataProvider: Asked at every record; ``Logging/Logger/MetadataProvider/traceContext`` adds the trace.
    ///   - redaction: Which metadata keys are hidden.
    ///   - output: Where lines go.
    ///   - now: The wall clock.
    public init(
        label: String, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil,
        redaction: LogRedaction = .standard, output: LogOutput = .standardError,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.label = label
        logLevel = level
        self.metadataProvider = metadataProvider
        self.redaction = redaction
        self.output = output
        self.now = now
    }

    /// One entry of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one record. The record's own metadata wins over the provider's, which wins over the logger's.
    public func log(event: LogEvent) {
        let merged = [metadataProvider?.get() ?? [:], event.metadata ?? [:]].reduce(metadata) {
            $0.merging($1) { _, later in later }
        }
        var line = JSONLine()
        line.raw("{")
        if let error = event.error {
            member(&line, "\"error\":", redaction.cleaned("\(error)"))
            member(&line, ",\"errorType\":", "\(type(of: error))")
            line.raw(",")
        }
        member(&line, "\"level\":", event.level.rawValue)
        member(&line, ",\"logger\":", label)
        member(&line, ",\"message\":", redaction.cleaned(event.message.description))
        if !merged.isEmpty {
            line.raw(",\"metadata\":")
            write(.dictionary(merged), to: &line, depth: 0)
        }
        member(&line, ",\"source\":", event.source)
        member(&line, ",\"time\":", now().formatted(Self.timeFormat))
        line.raw("}\n")
        output(line.bytes)
    }

    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private func member(_ line: inout JSONLine, _ key: StaticString, _ value: String) {
        line.raw(key)
        line.string(value)
    }

    private func write(_ value: Logger.MetadataValue, to line: inout JSONLine, depth: Int) {
        guard depth < Self.deepest else { return line.string("…") }
        guard value.attributes[LogSensitivity.self] != .secret else {
            return line.string(LogRedaction.placeholder)
        }
        switch value {
        case .string(let text): line.string(redaction.cleaned(text))
        case .stringConvertible(let number as any FixedWidthInteger): line.literal("\(number)")
        case .stringConvertible(let flag as Bool): line.literal(flag ? "true" : "false")
        case .stringConvertible(let other): line.string(redaction.cleaned(other.description))
        case .array(let elements):
            line.array(elements) { line, element in write(element, to: &line, depth: depth + 1) }
        case .dictionary(let members):
            line.object(members) { line, key, value in
                if redaction.hides(key) {
                    line.string(LogRedaction.placeholder)
                } else {
                    write(value, to: &line, depth: depth + 1)
                }
            }
        }
    }
}
