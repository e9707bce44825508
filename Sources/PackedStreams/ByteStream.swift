/// Bytes that come one piece after the other.
public protocol ByteStream: AnyObject {
    /// The next bytes, at least one and about 64 KB at most; `nil` at the end, and from then on.
    ///
    /// - Throws: When they cannot be read. What was given before stands; nothing is asked for after that.
    func next() throws -> ArraySlice<UInt8>?
}

/// A stream that can pass over bytes without reading them.
public protocol SkippingStream: ByteStream {
    /// Passes over so many bytes, or to the end.
    ///
    /// - Returns: How many were passed over.
    func skip(_ count: Int) -> Int
}

extension ByteStream {
    /// Everything that follows.
    ///
    /// - Parameters:
    ///   - limit: Most bytes, inclusive.
    ///   - cutsOff: Whether a longer stream gives its first bytes instead of an error.
    /// - Throws: ``PackedStreamError/tooLarge(limit:)``, or what the stream throws.
    public func bytes(limit: Int, cutsOff: Bool = false) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit, let piece = try next() {
            // All at once, as an array that grows is there twice while it does.
            if bytes.isEmpty, piece.count < limit { bytes.reserveCapacity(min(limit, 1 << 30)) }
            let part = piece.prefix(limit - bytes.count)
            bytes += part
            guard part.count == piece.count || cutsOff else { throw PackedStreamError.tooLarge(limit: limit) }
        }
        guard try cutsOff || bytes.count < limit || next() == nil else {
            throw PackedStreamError.tooLarge(limit: limit)
        }
        return bytes
    }
}

/// Why a packed stream was not read to its end.
public enum PackedStreamError: Error, Equatable, CustomStringConvertible {
    /// The bytes are not of the format, or their checksum disagrees.
    case damaged
    /// The stream ends within what it holds.
    case truncated
    /// Unpacking takes more memory than ``UnpackedStream/windowLimit``.
    case windowTooLarge
    /// There are more than `limit` bytes.
    case tooLarge(limit: Int)
    /// There is no memory.
    case outOfMemory

    /// One line for people.
    public var description: String {
        switch self {
        case .damaged: "cannot be unpacked"
        case .truncated: "ends too early"
        case .windowTooLarge: "unpacking takes more than \(UnpackedStream.windowLimit) bytes of memory"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .outOfMemory: "no memory to unpack"
        }
    }
}
