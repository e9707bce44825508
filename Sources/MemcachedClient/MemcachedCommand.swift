import NIOCore

/// One command, encoded.
public struct MemcachedCommand: Sendable {
    let bytes: ByteBuffer

    /// Longest key, in bytes.
    public static let keyLimit = 250

    /// The value of a key, with the seconds it will live on as a flag `t…` (`t-1` for ever).
    ///
    /// - Parameter key: See ``isKey(_:)``.
    public static func get(_ key: String) -> MemcachedCommand {
        MemcachedCommand(bytes: ByteBuffer(string: "mg \(key) v t\r\n"))
    }

    /// Keeps a value.
    ///
    /// - Parameters:
    ///   - key: See ``isKey(_:)``.
    ///   - seconds: How long, 1 to 30 days; beyond is cut, since 0 is for ever and more is a date.
    ///   - onlyIfMissing: Leaves a value alone that is there.
    public static func set(
        _ key: String, _ value: [UInt8], seconds: Int, onlyIfMissing: Bool = false
    ) -> MemcachedCommand {
        let seconds = min(max(seconds, 1), 30 * 86_400)
        var bytes = ByteBuffer(string: "ms \(key) \(value.count) T\(seconds)\(onlyIfMissing ? " ME" : "")\r\n")
        bytes.writeBytes(value)
        bytes.writeString("\r\n")
        return MemcachedCommand(bytes: bytes)
    }

    /// Forgets a value.
    public static func delete(_ key: String) -> MemcachedCommand {
        MemcachedCommand(bytes: ByteBuffer(string: "md \(key)\r\n"))
    }

    /// Whether a text can be a key: 1 to ``keyLimit`` visible ASCII characters.
    public static func isKey(_ text: String) -> Bool {
        (1...keyLimit).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
