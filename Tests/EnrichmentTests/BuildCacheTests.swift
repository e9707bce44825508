import Foundation
import Testing

@testable import Enrichment

@Suite struct BuildCacheTests {
    @Test func eachOutputHasAFolderOfItsOwnInTheUsersCache() throws {
        func place(_ output: String, _ environment: [String: String]) -> String? {
            BuildCache.standard(output: output, environment: environment)
        }
        let home = ["HOME": "/home/a"]
        let first = try #require(place("/tmp/a.ztx", home))
        #expect(first.hasPrefix("/home/a/.cache/zerotrace/builds/"))
        #expect(place("/tmp/x/../a.ztx", home) == first && place("/tmp/b.ztx", home) != first)
        #expect(place("/tmp/a.ztx", ["HOME": "/home/a", "XDG_CACHE_HOME": "/c"])?.hasPrefix("/c/zerotrace/") == true)
        #expect(place("/tmp/a.ztx", ["HOME": "/home/a", "XDG_CACHE_HOME": "c"]) == first)
        #expect(place("/tmp/a.ztx", [:]) == nil && place("/tmp/a.ztx", ["HOME": "a"]) == nil)
    }

    @Test func onlyTheCachesUsedLastAreKeptAndNothingElseIsDeleted() throws {
        let folder = try TemporaryFolder()
        let names = ["a", "b", "c", "d", "e", "f"].map { String(repeating: $0, count: 32) }
        for (number, name) in (names + ["letters"]).enumerated() {
            try folder.write(name + "/file", "x".utf8)
            let date = Date(timeIntervalSince1970: Double(1_000 + number))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder.file(name))
        }
        BuildCache.removeOld(beside: folder.file(names[0]))
        #expect(names.map { folder.exists($0) } == [true, false, false, true, true, true])
        #expect(folder.exists("letters"))
    }
}
