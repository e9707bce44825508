import Foundation
import Settings
import Testing

@Suite struct EnvironmentVariablesTests {
    private func variables(_ values: [String: String]) -> EnvironmentVariables {
        EnvironmentVariables(values, family: "X_")
    }

    private enum Colour: String, CaseIterable { case red, green }

    @Test func anEmptyVariableIsNotSet() throws {
        let none = variables(["X_A": "", "A": "1", "Y_A": "1"])
        #expect(none.text("A") == nil)
        #expect(try none.number("A", in: 0...9) == nil)
        #expect(try none.number("A", in: 0...9, default: 4) == 4)
        #expect(try none.flag("A", default: true))
        #expect(try none.choice("A", of: Colour.self) == nil)
        #expect(try none.secret("A") == nil)
        #expect(try none.list("A", defaultPort: 1) == [])
        #expect(none.words("A") == [] && variables(["X_A": "b, c,,"]).words("A") == ["b", "c"])
    }

    @Test func readsWhatIsThere() throws {
        let some = variables([
            "X_N": "7", "X_F": "Yes", "X_C": "GREEN", "X_L": "a, b:2,[::1],[::1]:3,::1", "X_HOST": "h", "X_PORT": "5",
        ])
        #expect(try some.number("N", in: 0...9) == 7)
        #expect(try some.flag("F", default: false))
        #expect(try some.choice("C", of: Colour.self) == .green)
        #expect(
            try some.list("L", defaultPort: 1).map(\.description) == ["a:1", "b:2", "[::1]:1", "[::1]:3", "[::1]:1"])
        #expect(try some.addresses(defaultPort: 1) == [ServerAddress(host: "h", port: 5)])
    }

    @Test(
        "the variable is named, and its value is not",
        arguments: ["N": "10", "F": "perhaps", "C": "blue", "L": "a:b", "S_FILE": "/nowhere/at/all"])
    func refuses(_ name: String, _ value: String) {
        let some = variables(["X_" + name: value])
        let error = #expect(throws: ConfigurationError.self) { () throws in
            _ = try some.number("N", in: 0...9)
            _ = try some.flag("F", default: false)
            _ = try some.choice("C", of: Colour.self)
            _ = try some.list("L", defaultPort: 1)
            _ = try some.secret("S")
        }
        #expect(error?.variable == "X_" + name)
        #expect(error.map { !$0.description.contains(value) } == true)
    }

    @Test func aSecretComesFromAFileOrFromTheVariableAndNotFromBoth() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try Data("hunter2\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let secret = try variables(["X_S_FILE": path]).secret("S")
        #expect(secret?.revealed == "hunter2")
        #expect(!"\(secret as Any)".contains("hunter2"))
        #expect(try variables(["X_S": "pw"]).secret("S")?.revealed == "pw")
        let error = #expect(throws: ConfigurationError.self) { () throws in
            _ = try variables(["X_S": "pw", "X_S_FILE": path]).secret("S")
        }
        #expect(error?.variable == "X_S_FILE")
    }
}
