import Glibc
import JSONDocuments

/// A reply as a client reads it.
struct LocalReply {
    let status: Int
    let fields: [String: String]
    let body: [UInt8]

    /// - Returns: The first reply in the bytes and its length; `nil` when it is not whole yet.
    static func parse(_ bytes: [UInt8]) -> (reply: LocalReply, length: Int)? {
        let blank = Array("\r\n\r\n".utf8)
        guard bytes.count >= 4,
            let end = (0...bytes.count - 4).first(where: { bytes[$0..<$0 + 4].elementsEqual(blank) })
        else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let status = lines.first.map { $0.split(separator: " ") }.flatMap { $0.count > 1 ? Int($0[1]) : nil }
        let length = end + 4 + (fields["content-length"].flatMap(Int.init) ?? 0)
        guard length <= bytes.count else { return nil }
        return (LocalReply(status: status ?? 0, fields: fields, body: Array(bytes[(end + 4)..<length])), length)
    }

    /// Whatever is asked, the service knows what to answer, and says it in JSON.
    func check(_ asked: @autoclosure () -> String) {
        require((200..<600).contains(status), "\(asked()): a status, not \(status)")
        require(status < 500 || status == 503, "\(asked()): \(status) \(body.text)")
        guard fields["content-type"]?.hasPrefix("application/json") == true, !body.isEmpty else { return }
        require((try? JSONParser().parse(body)) != nil, "\(asked()): JSON, not \(body.text)")
    }
}

/// A service under fuzz, and the connection that is kept to it.
///
/// `@unchecked Sendable`: libFuzzer runs one input after the other on one thread.
final class LocalService: @unchecked Sendable {
    private let port: Int
    private var connection: LocalConnection?

    init(port: Int) { self.port = port }

    /// Sends a request and gives the reply.
    @discardableResult
    func ask(
        _ method: String, _ target: String, _ fields: [(String, String)] = [], body: [UInt8] = []
    ) -> LocalReply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let bytes = Array("\(head)\r\n".utf8) + body
        // The service may have closed a connection that was at rest, or behind its last answer.
        for _ in 0..<2 {
            let open = connection ?? LocalConnection(port: port)
            connection = open
            if let open, open.send(bytes), let reply = open.readReply() { return reply }
            connection = nil
        }
        fatalError("broken promise: no answer to \(method) \(target)")
    }

    /// Sends the bytes on a connection of their own and gives what comes back until the service ends it.
    @discardableResult
    func exchange(_ bytes: [UInt8]) -> [UInt8] {
        guard let connection = LocalConnection(port: port) else { fatalError("broken promise: nobody listens") }
        connection.send(bytes)
        connection.endSending()
        return connection.readToEnd()
    }

    /// Opens a WebSocket, sends the bytes and gives what comes back until the service ends it.
    ///
    /// - Parameter endsSending: Whether nothing comes behind the bytes, as the service is to see.
    @discardableResult
    func converse(handshake: [UInt8], _ bytes: [UInt8], endsSending: Bool) -> [UInt8] {
        guard let connection = LocalConnection(port: port) else { fatalError("broken promise: nobody listens") }
        connection.send(handshake)
        require(connection.readReply()?.status == 101, "a handshake is taken")
        connection.send(bytes)
        if endsSending { connection.endSending() }
        return connection.readToEnd()
    }

    /// Waits until somebody listens.
    func awaitListener() {
        for _ in 0..<10_000 {
            if LocalConnection(port: port) != nil { return }
            usleep(1000)
        }
        fatalError("the service does not listen")
    }
}
