import Foundation
import PackageIdentity
import SeededRandom
import Testing

/// CPE names out of both written forms, and back.
struct CPENameTests {
    struct Case: Sendable {
        var text: String
        var formatted: String
        var uri: String
        init(_ text: String, _ formatted: String, _ uri: String) {
            (self.text, self.formatted, self.uri) = (text, "cpe:2.3:" + formatted, "cpe:/" + uri)
        }
    }

    @Test(arguments: [
        Case("cpe:2.3:a:gnu:bash:5.2:*:*:*:*:*:*:*", "a:gnu:bash:5.2:*:*:*:*:*:*:*", "a:gnu:bash:5.2"),
        Case("cpe:/a:gnu:bash:5.2", "a:gnu:bash:5.2:*:*:*:*:*:*:*", "a:gnu:bash:5.2"),
        Case("CPE:/A:GNU:Bash", "a:gnu:bash:*:*:*:*:*:*:*:*", "a:gnu:bash"),
        Case("cpe:/", "*:*:*:*:*:*:*:*:*:*:*", ""),
        Case(
            "cpe:/o:redhat:rhel_eus:9.2::baseos", "o:redhat:rhel_eus:9.2:*:baseos:*:*:*:*:*",
            "o:redhat:rhel_eus:9.2::baseos"),
        // The attributes of 2.3 are packed into the edition.
        Case(
            "cpe:/a:acme:viewer:7.4::~~online~android~arm64~", "a:acme:viewer:7.4:*:*:*:online:android:arm64:*",
            "a:acme:viewer:7.4::~~online~android~arm64~"),
        Case("cpe:/a:acme:viewer:7.4::~pro~~~~", "a:acme:viewer:7.4:*:pro:*:*:*:*:*", "a:acme:viewer:7.4::pro"),
        Case("cpe:/a:acme:viewer:7.4::~pro", "a:acme:viewer:7.4:*:pro:*:*:*:*:*", "a:acme:viewer:7.4::pro"),
        Case(
            "cpe:2.3:a:acme:viewer:1:sp1:pro:de-at:home:ios:*:x", "a:acme:viewer:1:sp1:pro:de-at:home:ios:*:x",
            "a:acme:viewer:1:sp1:~pro~home~ios~~x:de-at"),
        // Escapes, and what may stand without one.
        Case(#"cpe:2.3:a:a\+b\:c:d\\e:1"#, #"a:a\+b\:c:d\\e:1:*:*:*:*:*:*:*"#, "a:a%2bb%3ac:d%5ce:1"),
        Case("cpe:2.3:a:a+b:c!:1", #"a:a\+b:c\!:1:*:*:*:*:*:*:*"#, "a:a%2bb:c%21:1"),
        Case(#"cpe:2.3:a:a\.b\_c\-d:e:1"#, "a:a.b_c-d:e:1:*:*:*:*:*:*:*", "a:a.b_c-d:e:1"),
        Case("cpe:/a:a%7eb~c:d", #"a:a\~b\~c:d:*:*:*:*:*:*:*:*"#, "a:a%7eb%7ec:d"),
        // Logical values and the characters that look like them.
        Case(#"cpe:2.3:h:acme:box:-:\-:\*:\?:*:*:*:*"#, #"h:acme:box:-:\-:\*:\?:*:*:*:*"#, "h:acme:box:-:%2d:%2a:%3f"),
        Case("cpe:2.3:a:acme:box:1::", "a:acme:box:1:*:*:*:*:*:*:*", "a:acme:box:1"),
        // Wildcards at the ends.
        Case("cpe:2.3:a:acme:*box:1.??:*sp*", "a:acme:*box:1.??:*sp*:*:*:*:*:*:*", "a:acme:%02box:1.%01%01:%02sp%02"),
        Case("cpe:/a:acme:box%02:%011", "a:acme:box*:?1:*:*:*:*:*:*:*", "a:acme:box%02:%011"),
        Case("cpe:2.3:a:acme:??:1", "a:acme:??:1:*:*:*:*:*:*:*", "a:acme:%01%01:1"),
    ])
    func bothFormsAreReadAndWritten(_ example: Case) throws {
        let name = try CPEName(example.text)
        #expect(name.formattedString == example.formatted)
        #expect(name.uri == example.uri)
        #expect(try CPEName(name.formattedString) == name)
        #expect(try CPEName(name.uri) == name)
    }

    @Test(arguments: [
        ("", 0, CPEError.Reason.unknownForm), ("cpe:2.4:a:b", 0, .unknownForm), ("a:b:c", 0, .unknownForm),
        ("cpe:2.3:x:acme:box", 8, .invalidPart), ("cpe:/ab:acme", 5, .invalidPart), ("cpe:/%02a", 5, .invalidPart),
        ("cpe:2.3:a:ac me:box", 12, .invalidCharacter), ("cpe:2.3:a:\u{e4}:box", 10, .invalidCharacter),
        ("cpe:/a:acme%00", 11, .invalidCharacter), ("cpe:2.3:a:acme\\", 14, .brokenEscape),
        ("cpe:/a:acme%2", 11, .brokenEscape), ("cpe:/a:acme%2:box", 11, .brokenEscape),
        ("cpe:/a:%gg", 7, .brokenEscape), ("cpe:2.3:a:acme:1*2", 16, .misplacedWildcard),
        ("cpe:2.3:a:acme:**", 16, .misplacedWildcard), ("cpe:2.3:a:acme:?*", 16, .misplacedWildcard),
        ("cpe:/a:a%02b", 8, .misplacedWildcard), ("cpe:2.3:a:1:2:3:4:5:6:7:8:9:10:11", 30, .tooManyComponents),
        ("cpe:/a:1:2:3:4:5:6:7", 18, .tooManyComponents), ("cpe:/a:1:2:3:4:~5~6~7~8~9~10", 25, .tooManyComponents),
    ])
    func errorNamesPlaceAndReason(_ text: String, _ offset: Int, _ reason: CPEError.Reason) {
        let error = #expect(throws: CPEError.self) { try CPEName(text) }
        #expect(error?.offset == offset)
        #expect(error?.reason == reason)
    }

    @Test func lengthIsBounded() throws {
        let room = CPEName.maximumLength - "cpe:/a:".utf8.count
        #expect(try CPEName("cpe:/a:" + String(repeating: "x", count: room)).vendor.text?.utf8.count == room)
        let error = #expect(throws: CPEError.self) { try CPEName("cpe:/a:" + String(repeating: "x", count: room + 1)) }
        #expect(error?.reason == .tooLong)
    }

    @Test func productsHaveOneKey() throws {
        let name = try CPEName(#"cpe:2.3:a:Acme:some\:thing\\else\+:1"#)
        #expect(name.scope == "cpe:a")
        #expect(name.productKey == #"acme:some\:thing\\else+"#)
        #expect(try CPEName("cpe:/o:acme:box").scope == "cpe:o")
        #expect(try CPEName("cpe:2.3:a:acme:box*").productKey == nil)
        #expect(try CPEName("cpe:/a:acme").productKey == nil)
        #expect(CPEName().scope == nil)
    }

    @Test func ordinaryTextIsTakenAsItIs() {
        let name = CPEName(.application, vendor: "Acme Inc", product: "a*b:c", version: "1?")
        #expect(name.formattedString == #"cpe:2.3:a:acme_inc:a\*b\:c:1\?:*:*:*:*:*:*:*"#)
        #expect(CPEName(.hardware, vendor: "v", product: "p", version: "").version == .any)
        #expect(CPEName(.hardware, vendor: "v", product: "-").formattedString == #"cpe:2.3:h:v:\-:*:*:*:*:*:*:*:*"#)
    }

    @Test func codesAsOneString() throws {
        let name = CPEName(.application, vendor: "gnu", product: "bash")
        let json = try JSONEncoder().encode([name])
        #expect(try JSONDecoder().decode([CPEName].self, from: json) == [name])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([CPEName].self, from: Data(#"["bash"]"#.utf8)) }
    }
}

extension CPENameTests {
    @Test func anyTextIsReadOrRefusedAndWhatIsReadIsStable() throws {
        var random = SplitMix(seed: 11)
        let pieces = [
            "cpe:/", "cpe:2.3:", ":", "a", "b1", "*", "?", "-", "\\", "%", "%01", "%02", "%2a", "~", "\\:", "é", " ",
            ".",
        ]
        var parsed = 0
        for _ in 0..<20_000 {
            var text = random.next() % 2 == 0 ? "cpe:2.3:a:" : "cpe:/a:"
            for _ in 0..<random.next() % 14 { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            let name: CPEName
            do throws(CPEError) {
                name = try CPEName(text)
            } catch {
                #expect((0...text.utf8.count).contains(error.offset))
                continue
            }
            parsed += 1
            #expect(try CPEName(name.formattedString) == name)
            #expect(try CPEName(name.uri) == name)
            #expect(CPEName().isDisjoint(with: name) == false)
        }
        #expect(parsed > 1_000)
    }
}
