import HTTPTypes
import Testing

@testable import Gateway

@Suite("Freshness")
struct FreshnessTests {
    struct Case: Sendable {
        let method: HTTPRequest.Method
        let cacheControl: String?
        let isProgram: Bool
        let isExport: Bool
        let mayLag: Bool
    }

    @Test(
        "what programs read and what is exported may be a little old, unless it is asked for anew",
        arguments: [
            Case(method: .get, cacheControl: nil, isProgram: true, isExport: false, mayLag: true),
            Case(method: .head, cacheControl: "max-age=60", isProgram: true, isExport: false, mayLag: true),
            Case(method: .get, cacheControl: nil, isProgram: false, isExport: true, mayLag: true),
            Case(method: .get, cacheControl: nil, isProgram: false, isExport: false, mayLag: false),
            Case(method: .get, cacheControl: "no-cache", isProgram: true, isExport: false, mayLag: false),
            Case(method: .get, cacheControl: "max-age=0, No-Cache", isProgram: true, isExport: true, mayLag: false),
            Case(method: .post, cacheControl: nil, isProgram: true, isExport: false, mayLag: false),
            Case(method: .delete, cacheControl: nil, isProgram: true, isExport: true, mayLag: false),
        ])
    func mayLag(_ example: Case) {
        #expect(
            Freshness.mayLag(
                example.method, cacheControl: example.cacheControl, isProgram: example.isProgram,
                isExport: example.isExport) == example.mayLag)
    }
}
