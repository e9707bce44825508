import Crypto
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

    @Test func theSpoolsKeyOutlivesTheKeyThatItIsMadeFrom() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        var credential = try Credential.loadOrCreate(in: folder)
        let key = credential.storageKey
        #expect(try Credential.loadOrCreate(in: folder).storageKey == key, "nothing of it needs to be kept")
        for _ in 1...2 {
            let next = try credential.prepareNextKey(in: folder)
            #expect(try Credential.loadOrCreate(in: folder).storageKey == key)
            credential.adoptNextKey(now: 7)
            try credential.save(in: folder)
            let read = try Credential.loadOrCreate(in: folder)
            #expect(read.key.rawRepresentation == next.rawRepresentation && read.storageKey == key)
        }
        let other = try Credential.loadOrCreate(in: try StateFolder(path: outer.file("other")))
        #expect(other.storageKey != key)
    }

    @Test func aNextKeyThatCannotBeKeptIsNone() throws {
        let outer = try TemporaryFolder()
        let folder = try StateFolder(path: outer.path)
        var credential = try Credential.loadOrCreate(in: folder)
        let taken = outer.file(Self.file + ".new")
        try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: false)
        #expect(throws: AgentError.self) { try credential.prepareNextKey(in: folder) }
        #expect(credential.nextKey == nil)
        try FileManager.default.removeItem(atPath: taken)
        let next = try credential.prepareNextKey(in: folder)
        #expect(try Credential.loadOrCreate(in: folder).nextKey?.rawRepresentation == next.rawRepresentation)
    }

    @Test(arguments: [
        #"{"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","storage_key":"AAAA"}"#, "", "{", "{}", #"{"key":""}"#,
        #"{"key":"AAAA"}"#, #"{"key":"not base64url!"}"#, #"{"key":7,"agent_id":"a"}"#,
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
