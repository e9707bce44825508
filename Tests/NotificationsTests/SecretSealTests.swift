import BackendTesting
import BoundedInput
import Crypto
import Foundation
import LoopbackTesting
import Stores
import Synchronization
import Testing

@testable import Notifications

struct SecretSealTests {
    @Test(arguments: TestBackend.Kind.available)
    func secretsFromBeforeAreSealedAndStillSign(_ kind: TestBackend.Kind) async throws {
        let (place, receiver) = (try await Place(kind), Receiver())
        let server = try await LoopbackServer { request in
            _ = receiver.take(request)
            return .answer(200)
        }
        _ = try await place.notify(server.url)
        let seal = SecretSeal(key: SymmetricKey(size: .bits256))
        let deliverer = place.deliverer(seal: seal)
        for _ in 1...2 { try await deliverer.sealSecrets() }
        let stored = Mutex<[[UInt8]]>([])
        _ = try await place.store.replaceSecrets { _, secret in
            stored.withLock { $0.append(secret) }
            return nil
        }
        let secret = try #require(stored.withLock { $0.first })
        #expect(SecretSeal.isSealed(secret))
        #expect(secret.firstRange(of: Place.secret) == nil)
        #expect(try await deliverer.deliverOnce() == 1)
        #expect(receiver.messages.map(\.isSigned) == [true])
        _ = try await place.notify(server.url)
        try await deliverer.sealSecrets()
        let stranger = place.deliverer(seal: SecretSeal(key: SymmetricKey(size: .bits256)))
        #expect(try await stranger.deliverOnce() == 1)
        #expect(receiver.messages.count == 1, "nothing is sent with a wrong signature")
        let waiting = try #require(try await place.notifications().first { $0.state == .waiting })
        #expect(waiting.failure?.contains("NOTIFY_KEY_FILE") == true)
        try await server.stop()
    }

    @Test func whatIsSealedOpensOnlyWhole() async throws {
        let seal = SecretSeal(key: SymmetricKey(size: .bits256))
        let (red, blue) = (try await Place(), try await Place())
        let sealed = try seal.seal(Place.secret, of: red.scope)
        #expect(try seal.open(sealed, of: red.scope) == Place.secret)
        #expect(try seal.seal(Place.secret, of: red.scope) != sealed, "a fresh nonce each time")
        #expect(throws: (any Error).self) { try seal.open(sealed, of: blue.scope) }
        for index in sealed.indices.dropFirst(12) {
            var damaged = sealed
            damaged[index] ^= 1
            #expect(throws: (any Error).self) { try seal.open(damaged, of: red.scope) }
            #expect(throws: (any Error).self) { try seal.open(Array(sealed.prefix(index)), of: red.scope) }
        }
        #expect(try seal.seal([], of: red.scope) == [])
    }

    @Test func theKeyIsMadeOnceAndReadByItsOwnerAlone() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/sealing.key"
        let key = try SealingKeyFile.loadOrCreate(path: path)
        #expect(try SealingKeyFile.loadOrCreate(path: path) == key)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["sealing.key"])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: PrivateFileError.readableByOthers(path: path)) {
            try SealingKeyFile.loadOrCreate(path: path)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try Data("AAAA\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(throws: PrivateFileError.malformed(path: path, expected: "32 bytes in base64")) {
            try SealingKeyFile.loadOrCreate(path: path)
        }
    }
}
