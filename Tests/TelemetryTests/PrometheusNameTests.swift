import Testing

@testable import Telemetry

@Suite struct PrometheusNameTests {
    @Test(arguments: [
        ("http_requests", "http_requests"),
        ("http.server.requests", "http_server_requests"),
        ("Dictionary<String, Int>.count", "Dictionary_String__Int__count"),
        ("job:rate", "job:rate"),
        ("2xx", "_2xx"),
        ("", "_"),
        ("größe", "gr__e"),
        ("a\nb\"c\\d", "a_b_c_d"),
        ("\u{1F600}", "_"),
        ("e\u{301}", "e_"),
    ])
    func `metric names are valid`(_ label: String, _ name: String) {
        #expect(PrometheusName.metric(label) == name)
    }

    @Test(arguments: [
        ("method", "method"),
        ("http.status", "http_status"),
        ("a:b", "a_b"),
        ("__name__", "_name__"),
        ("____", "_"),
        ("..x", "_x"),
        ("9", "_9"),
        // Histograms use `le` themselves.
        ("le", "label_le"),
        ("quantile", "label_quantile"),
        ("", "_"),
    ])
    func `label names are valid and not reserved`(_ label: String, _ name: String) {
        #expect(PrometheusName.label(label) == name)
    }

    @Test func `label values are escaped and nothing else is`() {
        #expect(PrometheusName.escaped("a\\b\"c\nd") == #"a\\b\"c\nd"#)
        #expect(PrometheusName.escaped("a\r\nb") == "a\r\\nb")
        #expect(PrometheusName.escaped(#"\n"#) == #"\\n"#)
        #expect(PrometheusName.escaped("tab\t, ünï, {}=,") == "tab\t, ünï, {}=,")
        #expect(PrometheusName.escapedHelp("say \"hi\"\\\n") == #"say "hi"\\\n"#)
    }

    @Test func `labels are sorted and occur once`() {
        #expect(PrometheusName.labels([]) == "")
        #expect(PrometheusName.labels([("b", "2"), ("a", "1")]) == #"{a="1",b="2"}"#)
        #expect(PrometheusName.labels([("a.b", "first"), ("a_b", "second")]) == #"{a_b="first"}"#)
    }

    @Test func `names and values are cut`() {
        let long = String(repeating: "x", count: 5000)
        #expect(PrometheusName.metric(long).count == 160)
        #expect(PrometheusName.labels([("a", long)]).count == 128 + #"{a=""}"#.count)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (-3, "-3"), (0.005, "0.005"), (1e-9, "1e-09"), (1.5e300, "1.5e+300"),
            (9_007_199_254_740_992, "9007199254740992"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        ] as [(Double, String)])
    func `numbers are as Prometheus reads them`(_ value: Double, _ text: String) {
        #expect(PrometheusNumber.text(value) == text)
    }
}
