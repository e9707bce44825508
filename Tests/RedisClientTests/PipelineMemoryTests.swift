import DataServersTesting
import NIOCore
import PipelinedConnections
import Settings
import Testing

@Suite("Pipelined connections", .enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(3)))
struct PipelineMemoryTests {
    private final class Line: Sendable {}

    private struct LineParser: ReplyParser {
        mutating func next(from buffer: inout ByteBuffer) throws(ConnectionError) -> Line? {
            guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            buffer.moveReaderIndex(to: end + 1)
            return Line()
        }
    }

    private struct Kept {
        weak var line: Line?
    }

    @Test("let go of replies that were handed over") func letGo() async throws {
        let server = try await LocalRedis.start()
        let connection = try await PipelinedConnection.connect(
            to: ServerAddress(host: "127.0.0.1", port: server.port), security: nil, limits: PipelineLimits(),
            parser: LineParser())
        defer { connection.close() }
        var kept: [Kept] = []
        for _ in 0..<100 { kept.append(try await ask(connection)) }
        // The loop may hold the last one a moment longer.
        while kept.contains(where: { $0.line != nil }) { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func ask(_ connection: PipelinedConnection<LineParser>) async throws -> Kept {
        let replies = try await connection.send(ByteBuffer(string: "PING\r\n"), replies: 1)
        #expect(replies.count == 1)
        return Kept(line: replies.first)
    }
}
