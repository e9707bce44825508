import Crypto
import Foundation
import Testing
import Wire

@Suite struct RequestSignatureTests {
    private let key = [UInt8](repeating: 7, count: 32)
    private let body = Array("the body".utf8)

    private func fields() -> RequestSignature.Fields {
        RequestSignature.sign(
            method: "POST", path: "/v1/agent/heartbeat", authorization: "DPoP token", body: body, key: key, now: 1_700)
    }

    private func verify(
        _ fields: RequestSignature.Fields, method: String = "POST", path: String = "/v1/agent/heartbeat",
        authorization: String = "DPoP token", key: [UInt8]? = nil
    ) throws -> RequestSignature {
        try RequestSignature(
            verifying: fields, method: method, path: path, authorization: authorization,
            key: SymmetricKey(data: key ?? self.key))
    }

    @Test func aSignatureStandsForTheRequestItWasMadeFor() throws {
        let fields = fields()
        let signature = try verify(fields)
        #expect(signature.createdAt == 1_700)
        #expect(!signature.nonce.isEmpty)
        #expect(fields.contentDigest == RequestSignature.contentDigest(of: body))
        #expect(try verify(self.fields()).nonce != signature.nonce)
    }

    @Test func itStandsForNothingElse() throws {
        let fields = fields()
        #expect(throws: RequestSignatureError.badSignature) { try verify(fields, method: "PUT") }
        #expect(throws: RequestSignatureError.badSignature) { try verify(fields, path: "/v1/agent/inventory") }
        #expect(throws: RequestSignatureError.badSignature) { try verify(fields, authorization: "DPoP other") }
        #expect(throws: RequestSignatureError.badSignature) { try verify(fields, key: Array(repeating: 8, count: 32)) }
        let other = RequestSignature.Fields(
            input: fields.input, signature: fields.signature, contentDigest: RequestSignature.contentDigest(of: [1]))
        #expect(throws: RequestSignatureError.badSignature) { try verify(other) }
    }

    @Test func everyChangedCharacterBreaksIt() throws {
        let fields = fields()
        for index in fields.input.utf8.indices {
            var text = Array(fields.input.utf8)
            let place = fields.input.utf8.distance(from: fields.input.utf8.startIndex, to: index)
            text[place] = text[place] == UInt8(ascii: "2") ? UInt8(ascii: "3") : UInt8(ascii: "2")
            let changed = RequestSignature.Fields(
                input: String(decoding: text, as: UTF8.self), signature: fields.signature,
                contentDigest: fields.contentDigest)
            #expect(throws: RequestSignatureError.self, "character \(place)") { try verify(changed) }
        }
    }

    @Test func itIsTheStandardsSignature() throws {
        // What RFC 9421 section 2.5 says is signed, put together by hand.
        let base = """
            "@method": POST
            "@path": /v1/agent/heartbeat
            "authorization": DPoP token
            "content-digest": sha-256=:+oJC6Z9IlmylFAkrQjO0RoUfQrV61QMb8TPh3XZ4fz4=:
            "@signature-params": ("@method" "@path" "authorization" "content-digest");created=5;nonce="n";alg="hmac-sha256"
            """
        let code = HMAC<SHA256>.authenticationCode(for: Data(base.utf8), using: SymmetricKey(data: key))
        let fields = RequestSignature.Fields(
            input: #"zt=("@method" "@path" "authorization" "content-digest");created=5;nonce="n";alg="hmac-sha256""#,
            signature: "zt=:" + Data(code).base64EncodedString() + ":",
            contentDigest: "sha-256=:+oJC6Z9IlmylFAkrQjO0RoUfQrV61QMb8TPh3XZ4fz4=:")
        let signature = try verify(fields)
        #expect(signature.nonce == "n" && signature.createdAt == 5)
    }

    @Test(arguments: [
        "", "zt=", #"zt=();created=5;nonce="n";alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest")"#,
        #"zt=("@method" "@path" "authorization" "content-digest");created=5;alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest");created=x;nonce="n";alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest");created=5;nonce="";alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest");created=5;nonce="a"b";alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest");created=5;nonce="é";alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest");created=99999999999999999999;nonce="n";alg="hmac-sha256""#,
        #"zt=("@method" "@path" "authorization" "content-digest");alg="hmac-sha256""#,
    ])
    func otherFormsAreRefused(input: String) {
        let fields = RequestSignature.Fields(input: input, signature: "zt=:AAAA:", contentDigest: "sha-256=:AAAA:")
        #expect(throws: RequestSignatureError.malformed) { try verify(fields) }
    }

    @Test(arguments: ["", "zt=", "zt=:", "zt=::x", "zt=:&&&&:", String(repeating: "A", count: 600)])
    func otherSignaturesAreRefused(text: String) {
        let good = fields()
        let fields = RequestSignature.Fields(input: good.input, signature: text, contentDigest: good.contentDigest)
        #expect(throws: RequestSignatureError.self) { try verify(fields) }
    }
}
