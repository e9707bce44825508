import NIOCore

/// One command, encoded.
public struct RedisCommand: Sendable {
    /// As the server reads it.
    let bytes: ByteBuffer

    /// One argument.
    public enum Argument: Sendable, ExpressibleByStringLiteral {
        case text(String)
        case bytes([UInt8])
        case number(Int64)

        /// A text.
        public init(stringLiteral text: String) { self = .text(text) }
    }

    /// Encodes a command. Anything may be in an argument: each one is sent with its length.
    public init(_ name: String, _ arguments: [Argument] = []) {
        var bytes = ByteBuffer()
        bytes.writeString("*\(arguments.count + 1)\r\n$\(name.utf8.count)\r\n\(name)\r\n")
        for argument in arguments {
            switch argument {
            case .text(let text): bytes.writeString("$\(text.utf8.count)\r\n\(text)\r\n")
            case .number(let number): bytes.writeString("$\("\(number)".utf8.count)\r\n\(number)\r\n")
            case .bytes(let raw):
                bytes.writeString("$\(raw.count)\r\n")
                bytes.writeBytes(raw)
                bytes.writeString("\r\n")
            }
        }
        self.bytes = bytes
    }
}
