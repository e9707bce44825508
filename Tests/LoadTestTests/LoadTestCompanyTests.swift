import Foundation
import Testing

@testable import LoadTest

struct LoadTestCompanyTests {
    /// Writes a file of companies and reads it back.
    private func read(_ text: String, mode: Int = 0o600) throws(LoadTestError) -> [LoadTestCompany] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("companies-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        return try LoadTestCompany.read(path: path)
    }

    @Test func aCompanyHasATokenAndPerhapsALogin() throws {
        let companies = try read(#"[{"token": "a", "email": "ann@example.com", "password": "p"}, {"token": "b"}]"#)
        #expect(companies.map(\.token) == ["a", "b"])
        #expect(companies.map { $0.login?.email } == ["ann@example.com", nil])
    }

    @Test func aFileThatOthersMayReadIsRefused() {
        #expect(throws: LoadTestError.self) { _ = try read(#"[{"token": "a"}]"#, mode: 0o640) }
    }

    @Test(arguments: ["", "[]", "{}", #"[{"email": "ann@example.com"}]"#, #"[{"token": "sekrit", "email": "a"}]"#])
    func whatNamesNoCompanyIsRefusedWithoutBeingRepeated(text: String) throws {
        let error = try #require(throws: LoadTestError.self) { _ = try read(text) }
        #expect(!error.description.contains("sekrit"))
    }
}
