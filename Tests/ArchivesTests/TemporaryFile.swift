import Glibc

/// Writes bytes to a file that is gone after the call.
func withFile<Result>(_ bytes: [UInt8], _ body: (_ path: String) throws -> Result) throws -> Result {
    var template = Array("/tmp/zerotrace-archives-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        close(descriptor)
        unlink(path)
    }
    guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else { throw WriteFailed() }
    return try body(path)
}

struct WriteFailed: Error {}
