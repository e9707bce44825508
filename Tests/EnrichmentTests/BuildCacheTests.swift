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

    @Test func cachesThatNobodyUsesAreDeletedAndNothingElse() throws {
        let folder = try TemporaryFolder()
        let names = ["a", "b", "c"].map { String(repeating: $0, count: 32) }
        for name in names + ["letters"] { try folder.write(name + "/file", "x".utf8) }
        BuildCache.removeOld(beside: folder.file(names[0]))
        #expect(names.allSatisfy { folder.exists($0) })
        BuildCache.removeOld(beside: folder.file(names[0]), now: Date(timeIntervalSinceNow: 31 * 86_400))
        #expect(folder.exists(names[0]) && !folder.exists(names[1]) && !folder.exists(names[2]))
        #expect(folder.exists("letters"))
    }
}
