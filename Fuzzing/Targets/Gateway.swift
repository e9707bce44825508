import Wire

extension FuzzTargets {
    /// What browsers and agents send the gateway.
    static let gateway: [FuzzTarget] = [
        FuzzTarget("gateway-bodies", form: .json, dictionary: "gateway") { checkBodies($0) },
        FuzzTarget("gateway-inventory", dictionary: "purl") { checkInventory($0) },
        FuzzTarget("gateway-queries", maximumLength: 512, dictionary: "gateway") { input in
            let query = requestTarget(input)
            for path in listPaths { own.asOwner("GET", "\(path)?\(query)").check("\(path)?\(query)") }
            let fields = "Authorization: Bearer \(own.ownerToken)\r\nConnection: close\r\n\r\n"
            let export = own.service.exchange(
                Array("GET /v1/audit/export?subject=none&\(query) HTTP/1.1\r\nHost: localhost\r\n\(fields)".utf8))
            require(export.starts(with: Array("HTTP/1.1 ".utf8)), "an export is answered")
        },
        FuzzTarget("gateway-paths", maximumLength: 256, dictionary: "gateway") { input in
            let text = requestTarget(input)
            for method in ["GET", "POST", "DELETE", "PUT"] {
                own.asOwner(method, "/\(text)").check("\(method) /\(text)")
            }
            for path in ["/v1/agents/\(text)", "/v1/agents/\(text)/findings", "/v1/vulnerabilities/\(text)/agents"] {
                own.asOwner("GET", path).check(path)
            }
        },
        FuzzTarget("gateway-cursor", maximumLength: 1024, form: .json, dictionary: "gateway") { input in
            let cursor = Base64URL.encode(input)
            for path in listPaths { own.asOwner("GET", "\(path)?cursor=\(cursor)").check("\(path)?cursor=\(cursor)") }
        },
        FuzzTarget("gateway-claims", maximumLength: 1024, form: .json, dictionary: "gateway") { input in
            let token = own.sign(input.text)
            own.service.ask("GET", "/v1/me", [("Authorization", "Bearer \(token)")]).check("the claims \(input.text)")
            own.asAgent("POST", AgentProtocol.heartbeatPath, token: token, body: Array("{}".utf8))
                .check("the claims \(input.text)")
        },
        FuzzTarget("gateway-fields", maximumLength: 2048, dictionary: "http") { checkFields($0) },
        FuzzTarget("gateway-messages", maximumLength: 2048, form: .json, dictionary: "gateway") { input in
            let said = own.service.converse(handshake: handshake, frame(input) + closing, endsSending: false)
            require(!said.isEmpty, "a message is answered")
        },
        FuzzTarget("gateway-frames", maximumLength: 1024) { input in
            own.service.converse(handshake: handshake, input + closing, endsSending: true)
        },
        FuzzTarget("gateway-bytes", maximumLength: 2048, dictionary: "http") { input in
            own.service.exchange(input)
            require(own.service.ask("GET", "/-/healthy").status == 200, "the gateway goes on")
        },
    ]

    private static var own: GatewayUnderFuzz { .shared }

    private static let listPaths = [
        "/v1/agents", "/v1/vulnerabilities", "/v1/events", "/v1/enrollment-tokens", "/v1/api-tokens", "/v1/audit",
        "/v1/barred-agents", "/v1/exceptions", "/v1/feeds", "/v1/overview", "/v1/scan-cost", "/v1/sessions",
        "/v1/users", "/v1/notification-endpoints", "/v1/notifications", "/v1/vulnerabilities/CVE-2024-0001/notes",
        "/v1/agents/00000000-0000-4000-8000-000000000000/packages",
        "/v1/agents/00000000-0000-4000-8000-000000000000/findings", "/v1/vulnerabilities/CVE-2024-0001/agents",
        "/v1/vulnerabilities/CVE-2024-0001/explanation",
    ]

    private static func checkBodies(_ input: [UInt8]) {
        let nobody = "00000000-0000-4000-8000-000000000000"
        for (method, path) in [
            ("POST", "/v1/auth/login"), ("POST", "/v1/enrollment-tokens"), ("POST", "/v1/api-tokens"),
            ("POST", "/v1/users"), ("PATCH", "/v1/users/\(nobody)"), ("POST", "/v1/exceptions"),
            ("PUT", "/v1/exceptions/\(nobody)/decision"), ("PUT", "/v1/agents/\(own.agentID)/labels"),
            ("PUT", "/v1/agents/\(nobody)/standing"), ("POST", "/v1/notification-endpoints"),
            ("PUT", "/v1/sla-policy"), ("PUT", "/v1/vulnerabilities/CVE-2024-0001/assignee"),
            ("POST", "/v1/vulnerabilities/CVE-2024-0001/notes"),
        ] {
            own.asOwner(method, path, body: input).check("a body to \(path)")
        }
        for path in [AgentProtocol.enrollPath, AgentProtocol.tokenPath] {
            own.asAgent("POST", path, token: nil, body: input).check("a body to \(path)")
        }
        own.heartbeat(input)
    }

    /// The first byte says in which form; the rest is the inventory.
    private static func checkInventory(_ input: [UInt8]) {
        let form = input.first ?? 0
        own.asAgent(
            "PUT", AgentProtocol.inventoryPath, token: own.agentToken,
            type: form & 1 == 0 ? AgentProtocol.inventoryMediaType : AgentProtocol.inventoryDeltaMediaType,
            fields: form & 2 == 0 ? [] : [("Content-Encoding", "gzip")], body: Array(input.dropFirst())
        ).check("an inventory")
    }

    /// Lines: Authorization, Cookie, Origin, DPoP, traceparent, Content-Type, as they stand in a header.
    private static func checkFields(_ input: [UInt8]) {
        let names = ["Authorization", "Cookie", "Origin", "DPoP", "traceparent", "Content-Type"]
        let values = input.lines(limit: names.count).map { line in
            String(decoding: line.utf8.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
        }
        let fields = Array(zip(names, values))
        let body = Array(#"{"email":"a@example.org","password":""}"#.utf8)
        for (method, path) in [("GET", "/v1/me"), ("POST", "/v1/auth/refresh"), ("POST", "/v1/auth/logout")] {
            own.service.ask(method, path, fields).check("\(method) \(path)")
        }
        own.service.ask("POST", "/v1/auth/login", fields, body: body).check("a login")
        own.service.ask("POST", AgentProtocol.heartbeatPath, fields, body: body).check("a heartbeat")
    }

    private static let handshake = Array(
        """
        GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n
        """.utf8)

    /// A text message; its mask is all zeros.
    private static func frame(_ text: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            text.count < 126 ? [0x80 | UInt8(text.count)] : [0xFE, UInt8(text.count >> 8), UInt8(text.count & 0xFF)]
        return [0x81] + length + [0, 0, 0, 0] + text
    }

    /// A close message: the gateway answers it and ends the connection.
    private static let closing: [UInt8] = [0x88, 0x80, 0, 0, 0, 0]
}
