import Foundation
import Testing
import Wire

@testable import AgentKit

@Suite struct CredentialTests {
    private static let file = "credential.json"

    @Test func theKeyIsKeptBeforeItIsUsed() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        let first = try Credential.loadOrCreate(in: folder)
        #expect(!first.isEnrolled)
        #expect(try outer.mode(Self.file) == 0o600)
        let second = try Credential.loadOrCreate(in: folder)
        #expect(second.key.rawRepresentation == first.key.rawRepresentation)
    }

    @Test func theNameIsKeptWithTheKey() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        var credential = try Credential.loadOrCreate(in: folder)
        credential.agentID = "agent"
        credential.company = "Example"
        try credential.save(in: folder)
        let read = try Credential.loadOrCreate(in: folder)
        #expect(read.key.rawRepresentation == credential.key.rawRepresentation)
        #expect(read.agentID == "agent" && read.company == "Example" && read.isEnrolled)
    }

    @Test(arguments: [
        "", "{", "{}", #"{"key":""}"#, #"{"key":"AAAA"}"#, #"{"key":"not base64url!"}"#, #"{"key":7,"agent_id":"a"}"#,
        "\u{0}\u{0}\u{0}", String(repeating: " ", count: 17 << 10),
    ])
    func aDamagedCredentialIsNamedAndNeverReplaced(text: String) throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        try outer.write(Self.file, text.utf8)
        #expect {
            try Credential.loadOrCreate(in: folder)
        } throws: {
            "\($0)".contains(outer.file(Self.file))
        }
        #expect(try Array(Data(contentsOf: URL(filePath: outer.file(Self.file)))) == Array(text.utf8))
    }
}
