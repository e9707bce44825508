import Wire

extension FuzzTargets {
    /// What clients send the enrichment service.
    static let enrichment: [FuzzTarget] = [
        post("osv-query", "/v1/query"),
        post("osv-query-batch", "/v1/querybatch"),
        post("verdict-batch", "/v1/verdicts"),
        post("explanation", "/v1/explanation"),
        FuzzTarget("osv-page-token", maximumLength: 512) { input in
            // What a token holds, in the form that a token has.
            let token = Base64URL.encode(input)
            let query = #"{"package":{"name":"example","ecosystem":"PyPI"},"page_token":"\#(token)"}"#
            service.ask("POST", "/v1/query", body: Array(query.utf8)).check("the page token \(token)")
        },
        FuzzTarget("enrichment-paths", maximumLength: 1024) { input in
            let text = requestTarget(input)
            for path in ["/v1/vulns/\(text)", "/v1/vulnerabilities/\(text)", "/v1/changes?since=\(text)", "/\(text)"] {
                service.ask("GET", path).check(path)
            }
        },
        FuzzTarget("enrichment-bytes", maximumLength: 2048, dictionary: "http") { input in
            service.exchange(input)
            require(service.ask("GET", "/healthz").status == 200, "the service goes on")
        },
    ]

    private static var service: LocalService { EnrichmentUnderFuzz.service }

    private static func post(_ name: String, _ path: String) -> FuzzTarget {
        FuzzTarget(name, maximumLength: 8192, form: .json, dictionary: "service") { input in
            service.ask("POST", path, [("Content-Type", "application/json")], body: input).check("a body to \(path)")
        }
    }

    /// The input as what may stand in a request line: everything but visible ASCII is percent-encoded.
    static func requestTarget(_ input: some Sequence<UInt8>) -> String {
        input.map { byte in
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "#") { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
