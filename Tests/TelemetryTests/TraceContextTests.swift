import Telemetry
import Testing

@Suite struct TraceContextTests {
    private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `reads and writes the header`() throws {
        let context = try #require(TraceContext(traceparent: Self.example))
        #expect(context.traceID.high == 0x4bf9_2f35_77b3_4da6)
        #expect(context.traceID.low == 0xa3ce_929d_0e0e_4736)
        #expect(context.spanID == 0x00f0_67aa_0ba9_02b7)
        #expect(context.isSampled)
        #expect(context.traceparent == Self.example)
    }

    @Test(arguments: [
        // Only the lowest flag means something yet; the others are not passed on.
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", false),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe", false),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", true),
        // Versions to come may have more parts.
        ("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
        ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes", true),
    ])
    func `reads flags and later versions`(_ header: String, _ isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: header))
        #expect(context.isSampled == isSampled)
        #expect(context.traceparent == Self.example.dropLast(2) + (isSampled ? "01" : "00"))
    }

    @Test(arguments: [
        "", "-", "---", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01extra",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
    ])
    func `refuses what the specification calls invalid`(_ header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test func `refuses endless headers`() {
        #expect(
            TraceContext(traceparent: "01" + Self.example.dropFirst(2) + "-" + String(repeating: "x", count: 300))
                == nil)
    }

    @Test func `a child is another span of the same trace`() {
        let parent = TraceContext(isSampled: false)
        let child = parent.child()
        #expect(child.traceID == parent.traceID)
        #expect(child.spanID != parent.spanID)
        #expect(!child.isSampled)
        #expect(TraceContext(traceparent: child.traceparent) == child)
    }

    @Test func `new traces differ and are valid`() {
        let headers = (0..<100).map { _ in TraceContext().traceparent }
        #expect(Set(headers).count == 100)
        #expect(headers.allSatisfy { $0.count == 55 && TraceContext(traceparent: $0) != nil })
    }
}
