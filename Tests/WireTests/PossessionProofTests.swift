import Crypto
import Foundation
import Testing
import Wire

@Suite struct PossessionProofTests {
    let key = Curve25519.Signing.PrivateKey()

    func makeProof(token: String? = "token") throws -> String {
        try PossessionProof.sign(method: "PUT", path: "/v1/agent/inventory", accessToken: token, key: key, now: 1_700)
    }

    @Test func aProofStandsForTheRequestItWasMadeFor() throws {
        let proof = try PossessionProof(
            verifying: makeProof(), method: "PUT", path: "/v1/agent/inventory", accessToken: "token")
        #expect(proof.publicKey == Array(key.publicKey.rawRepresentation))
        #expect(proof.issuedAt == 1_700)
        #expect(!proof.identifier.isEmpty)
    }

    @Test func twoProofsOfOneRequestDiffer() throws {
        #expect(try makeProof() != makeProof())
    }

    @Test(arguments: [
        ("POST", "/v1/agent/inventory", "token" as String?, PossessionProofError.otherRequest),
        ("PUT", "/v1/agent/heartbeat", "token", .otherRequest),
        ("PUT", "/v1/agent/inventory", "other", .otherToken),
        ("PUT", "/v1/agent/inventory", nil, .otherToken),
    ])
    func itStandsForNothingElse(
        method: String, path: String, token: String?, error: PossessionProofError
    ) throws {
        let proof = try makeProof()
        #expect(throws: error) {
            try PossessionProof(verifying: proof, method: method, path: path, accessToken: token)
        }
    }

    @Test func everyChangedCharacterOfTheSignedPartsBreaksIt() throws {
        let proof = try Array(makeProof().utf8)
        for index in proof.indices where proof[index] != UInt8(ascii: ".") {
            var changed = proof
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            // The last character of a base64url part may carry unused bits, which decoders ignore; those of the signature only.
            if index == proof.count - 1 { continue }
            #expect(throws: PossessionProofError.self, "character \(index)") {
                try PossessionProof(verifying: text, method: "PUT", path: "/v1/agent/inventory", accessToken: "token")
            }
        }
    }

    @Test(arguments: ["", ".", "..", "a.b.c", "e30.e30.e30", String(repeating: "A", count: 5_000), "é.ü.ß"])
    func rubbishIsRefused(text: String) {
        #expect(throws: PossessionProofError.self) {
            try PossessionProof(verifying: text, method: "PUT", path: "/", accessToken: nil)
        }
    }

    @Test func theThumbprintIsThatOfTheStandardsExample() throws {
        // RFC 8037 appendix A.3.
        let x = try #require(Base64URL.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
        #expect(PossessionProof.thumbprint(publicKey: x) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }
}
