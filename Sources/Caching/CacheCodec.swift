#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How answers are written down for levels outside of this process.
public struct CacheCodec<Value>: Sendable {
    let encode: @Sendable (Value) throws -> [UInt8]
    let decode: @Sendable ([UInt8]) throws -> Value

    /// Makes one from its parts. What `decode` throws at counts as nothing found.
    public init(
        encode: @escaping @Sendable (Value) throws -> [UInt8], decode: @escaping @Sendable ([UInt8]) throws -> Value
    ) {
        self.encode = encode
        self.decode = decode
    }
}

extension CacheCodec where Value: Codable & Sendable {
    /// As JSON.
    public static var json: CacheCodec {
        CacheCodec(
            encode: { Array(try JSONEncoder().encode($0)) },
            decode: { try JSONDecoder().decode(Value.self, from: Data($0)) })
    }
}
