import Foundation
import Testing

@testable import Enrichment

@Suite struct DataFolderTests {
    @Test func theEnvironmentHasTheFirstWord() {
        #expect(DataFolder.standard(environment: ["ZEROTRACE_DATA": "/data", "HOME": "/h"]).path == "/data")
    }

    @Test(arguments: [
        (["HOME": "/h"], "/h/.local/share/zerotrace"),
        (["HOME": "/h", "XDG_DATA_HOME": "/x"], "/x/zerotrace"),
        (["HOME": "/h", "ZEROTRACE_DATA": ""], "/h/.local/share/zerotrace"),
        // The specification has empty and relative values ignored.
        (["HOME": "/h", "XDG_DATA_HOME": ""], "/h/.local/share/zerotrace"),
        (["HOME": "/h", "XDG_DATA_HOME": "relative"], "/h/.local/share/zerotrace"),
        ([:], "./.local/share/zerotrace"),
    ])
    func elseItDependsOnWhoAsks(environment: [String: String], path: String) {
        #expect(DataFolder.standard(environment: environment, isRoot: false).path == path)
        #expect(DataFolder.standard(environment: environment, isRoot: true).path == "/var/lib/zerotrace")
    }

    @Test func itIsMadeForItsOwnerAlone() throws {
        let outer = try TemporaryFolder()
        let data = DataFolder(path: outer.file("deep/data"))
        try data.create()
        try data.create()
        for path in [data.path, data.feeds, data.indexes] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
        #expect(data.database == outer.file("deep/data/zerotrace.sqlite"))
    }

    /// A relative path of one character ends the process in Foundation's `deletingLastPathComponent`.
    @Test(arguments: [
        ("d", ""), ("", ""), ("d/", ""), ("d/e", "d"), ("d//e/", "d"), ("/d", "/"), ("/", "/"), ("//", "/"),
        ("/d/e", "/d"),
        ("./d", "."), ("é", ""),
    ])
    func pathsHaveParents(path: String, parent: String) {
        #expect(path.parentFolder == parent)
    }
}
