import SeededRandom
import Testing

@testable import HostScan

@Suite struct NpmTests {
    static let manifest = #"{"name": "left-pad", "version": "1.3.0"}"#

    @Test(arguments: [
        ("/usr/lib/node_modules/left-pad/package.json", manifest, "left-pad@1.3.0"),
        ("/usr/local/lib/node_modules/left-pad/package.json", manifest, "left-pad@1.3.0"),
        ("/root/.nvm/versions/node/v20.1.0/lib/node_modules/left-pad/package.json", manifest, "left-pad@1.3.0"),
        ("/srv/app/node_modules/a/node_modules/b/node_modules/left-pad/package.json", manifest, "left-pad@1.3.0"),
        ("/srv/app/node_modules/.pnpm/left-pad@1.3.0/node_modules/left-pad/package.json", manifest, "left-pad@1.3.0"),
        (
            "/srv/app/node_modules/@types/node/package.json", #"{"version": "20.1.0", "name": "@types/node"}"#,
            "%40types/node@20.1.0"
        ),
        // An alias: the folder has another name than the package.
        ("/srv/app/node_modules/pad/package.json", manifest, "left-pad@1.3.0"),
    ])
    func readsEachPlace(path: String, text: String, package: String) throws {
        let root = try TemporaryRoot([path: text])
        #expect(try root.packages() == ["pkg:npm/\(package)"])
        #expect(try root.scan().occurrences.values.map(\.self) == [[path]])
    }

    @Test(arguments: [
        ("/srv/app/package.json", manifest),  // a project, not an installed package
        ("/srv/app/node_modules/a/test/fixtures/package.json", manifest),
        ("/srv/app/node_modules/package.json", manifest),
        ("/srv/app/node_modules/@types/package.json", manifest),
        ("/srv/app/node_modules/.bin/package.json", manifest),
        ("/srv/app/node_modules/a/package.json", #"{"type": "module"}"#),
        ("/srv/app/node_modules/a/package.json", #"{"name": "a"}"#),
        ("/srv/app/node_modules/a/package.json", #"{"name": "", "version": "1"}"#),
        ("/srv/app/node_modules/a/package.json", #"{"name": ["a"], "version": {"major": 1}}"#),
    ])
    func leavesOthersAlone(path: String, text: String) throws {
        let report = try TemporaryRoot([path: text]).scan()
        #expect(report.inventory.packages == [] && report.warnings == [])
    }

    @Test func distributionPackagesAreNotReportedTwice() throws {
        let owned = "/usr/share/nodejs/npm/node_modules/left-pad/package.json"
        let bundled = "/usr/lib/node_modules/npm/package.json"
        let editor = "/usr/share/code/resources/app/node_modules/minimist/package.json"
        let root = try TemporaryRoot([
            "/var/lib/dpkg/info/npm.list": "\(owned)\n", owned: Self.manifest,
            "/var/lib/dpkg/info/nodejs.list": "\(bundled)\n", bundled: #"{"name": "npm", "version": "10.8.2"}"#,
            "/var/lib/dpkg/info/code.list": "\(editor)\n", editor: #"{"name": "minimist", "version": "1.2.0"}"#,
        ])
        #expect(try root.packages() == ["pkg:npm/minimist@1.2.0", "pkg:npm/npm@10.8.2"])
    }

    @Test(arguments: [
        "", "[]", "{", "{\"name\"", "{\"name\": ", "{\"name\": \"a", "{\"name\": \"a\\", "{name: 1}", "{\"a\": }",
        "{\"a\": ]}",
        "{\"a\": [1, {\"b\": 2}", "{\"name\": \"\\ud800\", \"version\": \"1\"}", "{\"name\": \"\\x\"}", "{\"a\" 1}",
        "nonsense",
    ])
    func brokenManifestsAreWarnings(text: String) throws {
        let path = "/srv/node_modules/a/package.json"
        let root = try TemporaryRoot([path: text, "/srv/node_modules/b/package.json": Self.manifest])
        #expect(try root.packages() == ["pkg:npm/left-pad@1.3.0"])
        let warnings = try root.warnings()
        #expect(warnings.count == 1 && warnings[0].hasPrefix("\(path): malformed JSON at byte "), "\(warnings)")
    }

    @Test(arguments: [
        (#"{"name": "a", "version": "1"}"#, "a", "1"),
        (
            #"{"x": {"name": "no", "version": ["no", {"}": "]"}]}, "y": "}\"{", "z": -1.5e3, "version":"1","name":"a"}"#,
            "a", "1"
        ),
        (
            #"{"t": true, "n": null, "name" : "\u0061\/\"\\\b\f\n\r\t\ud83d\ude00", "version": "1"}"#,
            "a/\"\\\u{8}\u{C}\n\r\t😀", "1"
        ),
        ("\u{FEFF}\n{ \"name\":\t\"a\"\r\n,\"version\": \"1\" }", "a", "1"),
        // Both are found before the end, which does not matter then.
        (#"{"name": "a", "version": "1", "#, "a", "1"),
        ("{}", nil, nil),
        (#"{"name": 5, "version": "1"}"#, nil, "1"),
    ])
    func findsTopLevelStrings(text: String, name: String?, version: String?) throws {
        let manifest = try PackageManifest(Array(text.utf8))
        #expect(manifest.name == name && manifest.version == version)
    }

    @Test func deepNestingCostsNothing() throws {
        let deep = String(repeating: "[", count: 500_000) + String(repeating: "]", count: 500_000)
        #expect(try PackageManifest(Array("{\"a\": \(deep), \"name\": \"a\", \"version\": \"1\"}".utf8)).name == "a")
    }

    @Test func neverTrapsOnMutatedManifests() {
        var random = SplitMix(seed: 7)
        let text = #"{"x": {"y": [1, "two", null]}, "name": "@s/\u0061\ud83d\ude00", "bin": "z", "version": "1.0.0"}"#
        for _ in 0..<20_000 {
            let bytes = random.mutated(Array(text.utf8))
            do {
                _ = try PackageManifest(bytes)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
            }
        }
    }
}
