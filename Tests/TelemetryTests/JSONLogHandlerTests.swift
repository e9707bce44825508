import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite struct JSONLogHandlerTests {
    /// Collects what is written.
    private final class Lines: Sendable {
        private let bytes = Mutex<[[UInt8]]>([])
        var output: LogOutput { LogOutput { line in self.bytes.withLock { $0.append(line) } } }
        var texts: [String] { bytes.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
    }

    private let lines = Lines()

    private func logger(
        _ metadata: Logger.Metadata = [:], provider: Logger.MetadataProvider? = nil
    ) -> Logger {
        var handler = JSONLogHandler(
            label: "gateway", level: .debug, metadataProvider: provider, output: lines.output,
            now: { Date(timeIntervalSince1970: 1_795_366_117.125) })
        handler.metadata = metadata
        return Logger(label: "gateway") { _ in handler }
    }

    private func object(_ line: String) throws -> [String: any Sendable] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(object as? [String: any Sendable])
    }

    private func metadata(_ line: String) throws -> [String: any Sendable] {
        try #require(try object(line)["metadata"] as? [String: any Sendable])
    }

    @Test func `writes one line with sorted keys`() {
        logger().info("listening", metadata: ["port": .stringConvertible(8443), "address": "::1"], source: "Gateway")
        #expect(
            lines.texts == [
                #"{"level":"info","logger":"gateway","message":"listening","#
                    + #""metadata":{"address":"::1","port":8443},"source":"Gateway","time":"2026-11-22T16:48:37.125Z"}"#
                    + "\n"
            ])
    }

    @Test func `leaves out empty metadata and what is below the level`() throws {
        let logger = logger()
        logger.trace("no")
        logger.critical("yes")
        #expect(lines.texts.count == 1)
        #expect(Set(try object(lines.texts[0]).keys) == ["level", "logger", "message", "source", "time"])
    }

    @Test func `says which error came with a record`() throws {
        struct Broken: Error, CustomStringConvertible { let description = "line\nfeed" }
        logger().error("failed", error: Broken())
        let object = try object(lines.texts[0])
        #expect(object["error"] as? String == "line\nfeed")
        #expect(object["errorType"] as? String == "Broken")
        #expect(lines.texts[0].hasPrefix(#"{"error":"line\nfeed","errorType":"Broken","level":"error","#))
    }

    @Test func `the record's metadata wins over the provider's and the logger's`() throws {
        let provider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        var logger = logger(["a": "logger", "b": "logger", "c": "logger"], provider: provider)
        logger[metadataKey: "d"] = "set"
        logger.info("x", metadata: ["c": "record"])
        #expect(
            try metadata(lines.texts[0]) as? [String: String] == [
                "a": "logger", "b": "provider", "c": "record", "d": "set",
            ])
        #expect(logger[metadataKey: "d"] == "set")
    }

    @Test func `keeps numbers, truth and nesting`() throws {
        logger().info(
            "x",
            metadata: [
                "n": .stringConvertible(-3), "u": .stringConvertible(UInt64.max), "t": .stringConvertible(true),
                "d": .stringConvertible(1.5), "a": ["one", ["b": "2", "a": "1"], .stringConvertible(3)], "e": [:],
            ])
        #expect(
            lines.texts[0].contains(
                #""metadata":{"a":["one",{"a":"1","b":"2"},3],"d":"1.5","e":{},"n":-3,"t":true,"u":18446744073709551615}"#
            ))
    }

    @Test(arguments: [
        "token", "Authorization", "x-api-key", "refresh_token", "db.password", "PASSWD", "Set-Cookie", "clientSecret",
        "private key", "session_id", "jwt", "enrollmentToken",
    ])
    func `hides secrets by key at every depth`(_ key: String) throws {
        logger([key: "hunter2"]).info(
            "x", metadata: ["deep": ["list": [[key: "hunter2"]], key: ["a": "hunter2"]], "shown": "value"])
        let line = lines.texts[0]
        #expect(!line.contains("hunter2"))
        #expect(line.contains(#""shown":"value""#))
        #expect(try metadata(line)[key] as? String == "[redacted]")
    }

    @Test(arguments: ["user", "path", "keyspace", "author", "tok"])
    func `shows what is not secret`(_ key: String) throws {
        logger().info("x", metadata: [key: "value"])
        #expect(try metadata(lines.texts[0])[key] as? String == "value")
    }

    @Test func `hides values that are marked`() {
        logger().info("x", metadata: ["plain": "\("hunter2", attributes: [LogSensitivity.secret])"])
        #expect(lines.texts[0].contains(#""plain":"[redacted]""#))
    }

    @Test(arguments: [
        ("got Authorization: Bearer eyJh.bGci.OiJ9 from agent", "got Authorization: Bearer [redacted] from agent"),
        ("header:Basic dXNlcjpwYXNz", "header:Basic [redacted]"),
        ("DPoP  a1b2c3", "DPoP  [redacted]"),
        ("cannot reach postgres://app:hunter2@db:5432/zt?x=1", "cannot reach postgres://[redacted]@db:5432/zt?x=1"),
        ("redis://:p@ss@host/0", "redis://[redacted]@host/0"),
        // Nothing to hide.
        ("Basic authentication is off, bearer token missing", "Basic authentication is off, bearer token missing"),
        ("https://example.org/a@b", "https://example.org/a@b"),
        ("mail to a@example.org :// x", "mail to a@example.org :// x"),
    ])
    func `takes credentials out of free text`(_ message: String, _ written: String) throws {
        logger().info("\(message)", metadata: ["note": "\(message)"])
        #expect(try object(lines.texts[0])["message"] as? String == written)
        #expect(try metadata(lines.texts[0])["note"] as? String == written)
    }

    @Test func `stays on one line whatever it holds`() throws {
        let hostile = "a\nb\r\nc\t\"q\"\\ \u{0}\u{1B}[31m\u{7F}\u{85}\u{2028}\u{2029}é\u{1F600}"
        logger().info("\(hostile)", metadata: ["\(hostile)": "\(hostile)"])
        let line = lines.texts[0]
        let breaks = line.unicodeScalars.filter { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        #expect(breaks.map(\.value) == [10])
        #expect(!line.unicodeScalars.contains { $0 == "\u{2028}" || $0 == "\u{2029}" })
        #expect(try object(line)["message"] as? String == hostile)
        #expect(try metadata(line)[hostile] as? String == hostile)
    }

    @Test func `one record is bounded`() throws {
        var deep: Logger.MetadataValue = "bottom"
        for _ in 0..<10_000 { deep = ["d": deep] }
        logger().info("\(String(repeating: "é", count: 100_000))", metadata: ["deep": deep])
        let line = lines.texts[0]
        #expect(line.utf8.count < 10_000)
        #expect(!line.contains("bottom"))
        let message = try #require(try object(line)["message"] as? String)
        #expect(message.count == 4097)
        #expect(message.hasSuffix("é…"))
    }

    @Test func `carries the trace of the task`() throws {
        let context = try #require(
            TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        let logger = logger(provider: .traceContext)
        TraceContext.$current.withValue(context) { logger.info("inside") }
        logger.info("outside")
        #expect(
            try metadata(lines.texts[0]) as? [String: String] == [
                "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7",
            ])
        #expect(!lines.texts[1].contains("metadata"))
    }

    @Test func `threads do not mix their lines`() async throws {
        let logger = logger()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for count in 0..<200 { logger.info("\(task)", metadata: ["count": "\(count)"]) }
                }
            }
        }
        let texts = lines.texts
        #expect(texts.count == 1600)
        for text in texts { _ = try object(text) }
    }

    /// Through a pipe, whose writes of more than 4 KiB the kernel may cut and mix.
    @Test func `long lines of many threads stay whole in a pipe`() async throws {
        let pipe = Pipe()
        let output = LogOutput.descriptor(pipe.fileHandleForWriting.fileDescriptor)
        // On a thread of its own: blocking one of Swift's would stop the writers on a machine with a single core.
        async let read = withCheckedContinuation { done in
            Thread.detachNewThread { done.resume(returning: pipe.fileHandleForReading.readDataToEndOfFile()) }
        }
        let filling = String(repeating: "x", count: 8000)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    let logger = Logger(label: "task \(task)") { JSONLogHandler(label: $0, output: output) }
                    for _ in 0..<15 { logger.info("\(filling)", metadata: ["more": "\(filling)"]) }
                }
            }
        }
        try pipe.fileHandleForWriting.close()
        let texts = String(decoding: await read, as: UTF8.self).split(separator: "\n")
        #expect(texts.count == 60)
        for text in texts { #expect(try object(String(text))["message"] as? String == filling) }
    }
}
