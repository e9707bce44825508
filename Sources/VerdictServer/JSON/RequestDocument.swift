import JSONDocuments
import NIOCore

extension Workbench {
    /// Parses a request's body, which must be an object.
    func object(_ body: ByteBuffer) throws(ServiceError) -> JSONValue {
        do throws(JSONDocumentError) {
            let value = try body.withUnsafeReadableBytes { bytes throws(JSONDocumentError) in try parser.parse(bytes) }
            if value.kind == .object { return value }
        } catch {
            throw .invalid("The body is no JSON that is taken here: \(error).")
        }
        throw .invalid("The body must be a JSON object.")
    }
}

extension JSONValue {
    /// A member that is a string, or missing, or null, or empty: the last three are `nil`, as in proto3.
    func text(_ key: StaticString) throws(ServiceError) -> String? {
        guard let member = self[key], !member.isNull else { return nil }
        guard let text = member.string else { throw .invalid("\"\(key)\" must be a string.") }
        return text.isEmpty ? nil : text
    }

    /// A member that is an array, or missing, or null.
    func elements(_ key: StaticString) throws(ServiceError) -> JSONArray? {
        guard let member = self[key], !member.isNull else { return nil }
        guard let array = member.array else { throw .invalid("\"\(key)\" must be an array.") }
        return array
    }

    /// A member that is a truth value; `false` when it is missing or null.
    func flag(_ key: StaticString) throws(ServiceError) -> Bool {
        guard let member = self[key], !member.isNull else { return false }
        guard let flag = member.bool else { throw .invalid("\"\(key)\" must be true or false.") }
        return flag
    }
}
