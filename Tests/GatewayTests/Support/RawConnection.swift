import NIOCore
import NIOPosix

/// A connection on which a test writes bytes as they are.
enum RawConnection {
    /// Sends bytes and reads until the other side closes.
    static func exchange(_ text: String, port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var all = ByteBuffer()
            for try await var part in inbound { all.writeBuffer(&part) }
            return String(buffer: all)
        }
    }
}
