import Logging

extension Logger.MetadataProvider {
    /// Adds `trace_id` and `span_id` of ``TraceContext/current`` to log records, nothing outside of a trace.
    public static let traceContext = Logger.MetadataProvider {
        guard let context = TraceContext.current else { return [:] }
        return ["trace_id": "\(context.traceID)", "span_id": "\(context.spanIDText)"]
    }
}
