import Foundation
import JSONDocuments

/// JSON from outside: parsed under limits first, so that nothing deep or broken reaches the decoder, then decoded.
enum JSONBody {
    /// No body of this API nests deeper than 5.
    static let maximumDepth = 16

    /// - Throws: 400 whose message names the byte, or the path of the value, that is wrong. It never quotes the body.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        do {
            _ = try JSONParser(maximumDepth: maximumDepth).parse(bytes)
        } catch {
            throw APIError.invalid("body: \(error)")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw APIError.invalid(describe(error))
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context): "\(place(context.codingPath)): not \(name(of: type))"
        case .valueNotFound(let type, let context): "\(place(context.codingPath)): null, not \(name(of: type))"
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])): missing"
        case .dataCorrupted(let context): "\(place(context.codingPath)): not a value this field can have"
        @unknown default: "body: not the document expected"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "body" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "an integer"
        case is Double.Type: "a number"
        case is any ExpressibleByDictionaryLiteral.Type: "an object"
        case is any Sequence.Type: "a list"
        default: "an object"
        }
    }
}
