import SeededRandom
import Testing

@testable import HostScan

@Suite struct OwnedFilesTests {
    private func owned(_ list: String) -> Set<String> {
        var owned: Set<String> = []
        OwnedFiles.collect(from: Array(list.utf8), into: &owned)
        return owned
    }

    @Test(arguments: [
        ("/usr/lib/python3/dist-packages/a-1.egg-info\n", ["/usr/lib/python3/dist-packages/a-1.egg-info"]),
        ("/a-1.dist-info/METADATA", ["/a-1.dist-info/METADATA"]),
        (
            "d41d8cd98f00b204e9800998ecf8427e  usr/share/a-1.dist-info/METADATA\n",
            ["/usr/share/a-1.dist-info/METADATA"]
        ),
        ("/usr/share/nodejs/x/node_modules/a/package.json\n", ["/usr/share/nodejs/x/node_modules/a/package.json"]),
        // Not of interest, not the distribution's, or not whole.
        ("/usr/bin/a\n/.\n\n/\n", []),
        ("/opt/a-1.dist-info/METADATA\n/usr/local/a-1.dist-info/METADATA\n", []),
        ("/x/site-packages/a-1.dist-info/METADATA\n/x/node_modules/a/package.json\n", []),
        ("METADATA\nx/METADATA\nd41d8cd98f00b204e9800998ecf8427e  METADATA\n", []),
    ])
    func keepsWhatACollectorWouldTake(list: String, paths: [String]) {
        #expect(owned(list) == Set(paths))
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
