import SeededRandom
import Testing

@testable import HostScan

@Suite struct OwnedFilesTests {
    private func owned(_ list: String) -> Set<String> {
        var owned = OwnedFiles()
        DpkgFileLists.collect(from: Array(list.utf8), into: &owned)
        return owned.paths
    }

    @Test(arguments: [
        ("/usr/lib/python3/dist-packages/a-1.egg-info\n", ["/usr/lib/python3/dist-packages/a-1.egg-info"]),
        ("/a-1.dist-info/METADATA", ["/a-1.dist-info/METADATA"]),
        (
            "d41d8cd98f00b204e9800998ecf8427e  usr/share/a-1.dist-info/METADATA\n",
            ["/usr/share/a-1.dist-info/METADATA"]
        ),
        ("/usr/share/nodejs/x/node_modules/a/package.json\n", ["/usr/share/nodejs/x/node_modules/a/package.json"]),
        // What has no ending may be a program.
        ("/usr/bin/a\n/usr/share/doc/a/copyright\n", ["/usr/bin/a"]),
        // Not of interest, not the distribution's, or not whole.
        ("/usr/lib/a.py\n/.\n\n/\n", []),
        ("/opt/a-1.dist-info/METADATA\n/usr/local/a-1.dist-info/METADATA\n", []),
        ("/x/site-packages/a-1.dist-info/METADATA\n/x/node_modules/a/package.json\n", []),
        ("METADATA\nx/METADATA\nd41d8cd98f00b204e9800998ecf8427e  METADATA\n", []),
    ])
    func keepsWhatACollectorWouldTake(list: String, paths: [String]) {
        #expect(owned(list) == Set(paths))
    }

    @Test(arguments: [
        ("/usr/lib/python3/dist-packages/a-1.egg-info", [PackageFormat.deb, .rpm, .apk, .alpm]),
        ("/usr/share/a-1.dist-info/METADATA", [.deb, .rpm, .apk, .alpm]),
        ("/usr/lib/python3.11/site-packages/a-1.dist-info/METADATA", [.rpm, .apk, .alpm]),
        ("/usr/lib64/python3.11/site-packages/a-1.egg-info", [.rpm, .apk, .alpm]),
        ("/usr/lib64/az/lib/python3.11/site-packages/a-1.dist-info/METADATA", []),
        ("/lib/python3.11/site-packages/a-1.dist-info/METADATA", []),
        ("/usr/lib/node_modules/npm/node_modules/a/package.json", [.rpm, .apk, .alpm]),
        ("/usr/lib/node_modules_20/npm/node_modules/a/package.json", [.rpm, .apk, .alpm]),
        ("/usr/lib64/node_modules/npm20/package.json", [.rpm, .apk, .alpm]),
        ("/usr/share/nodejs/x/node_modules/a/package.json", [.deb]), ("/usr/share/x/node_modules/a/package.json", []),
        ("/opt/a-1.dist-info/METADATA", []), ("/usr/local/a-1.dist-info/METADATA", []),
    ])
    func eachFormatHasItsPlaces(path: String, formats: [PackageFormat]) throws {
        let slash = try #require(path.lastIndex(of: "/"))
        for format in [PackageFormat.deb, .rpm, .apk, .alpm] {
            var owned = OwnedFiles()
            Array(path[path.index(after: slash)...].utf8).withUnsafeBufferPointer { name in
                owned.add(FileName(name), in: { String(path[..<slash]) }, of: format)
            }
            #expect(owned.paths == (formats.contains(format) ? [path] : []), "\(format)")
        }
    }

    @Test func pathsAreBounded() throws {
        var owned = OwnedFiles()
        Array("METADATA".utf8).withUnsafeBufferPointer { name in
            for number in 0..<OwnedFiles.maximumPaths {
                owned.add(FileName(name), in: { "/\(number).dist-info" }, of: .rpm)
            }
            #expect(owned.omitted == 0)
            owned.add(FileName(name), in: { "/1.dist-info" }, of: .rpm)
            owned.add(FileName(name), in: { "/x.dist-info" }, of: .rpm)
        }
        #expect(owned.paths.count == OwnedFiles.maximumPaths && owned.omitted == 1)
        var findings = Findings()
        findings.ownedFiles.formUnion(owned)
        #expect(
            findings.report().warnings.map(\.reason) == [
                "1 more files of distribution packages left out: what they describe is reported twice"
            ])
    }

    @Test func neverTrapsOnMutatedLists() {
        var random = SplitMix(seed: 9)
        let list =
            "/usr/x/a-1.dist-info/METADATA\nd41d8cd98f00b204e9800998ecf8427e  usr/a-1.egg-info/PKG-INFO\n/x.egg-info"
        for _ in 0..<10_000 {
            let paths = owned(String(decoding: random.mutated(Array(list.utf8)), as: UTF8.self))
            #expect(paths.allSatisfy { $0.hasPrefix("/") })
        }
    }
}
