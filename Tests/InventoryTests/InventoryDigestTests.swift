import Foundation
import Inventory
import Testing

@Suite struct InventoryDigestTests {
    static let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func readsItsOwnHexInEitherCase() {
        #expect(InventoryDigest(hex: Self.hex)?.description == Self.hex)
        #expect(InventoryDigest(hex: Self.hex.uppercased())?.description == Self.hex)
        #expect(InventoryDigest(hex: Self.hex)?.bytes.count == 32)
    }

    @Test(arguments: [
        "", String(hex.dropLast()), hex + "0", String(hex.dropLast(2)), String(hex.dropLast()) + "g",
        "0x" + hex.dropFirst(2),
        " " + hex.dropFirst(), String(repeating: "é", count: 32),
    ])
    func refusesOtherText(text: String) {
        #expect(InventoryDigest(hex: text) == nil)
    }

    @Test func isAStringInJSON() throws {
        let digest = try #require(InventoryDigest(hex: Self.hex))
        let json = try JSONEncoder().encode([digest])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(Self.hex)\"]")
        #expect(try JSONDecoder().decode([InventoryDigest].self, from: json) == [digest])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([InventoryDigest].self, from: Data("[\"00\"]".utf8))
        }
    }
}
