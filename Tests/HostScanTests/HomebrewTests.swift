import Testing

@testable import HostScan

@Suite struct HomebrewTests {
    @Test(arguments: [
        ("/home/linuxbrew/.linuxbrew/Cellar/openssl@3/3.2.1_1/INSTALL_RECEIPT.json", "pkg:brew/openssl%403@3.2.1_1"),
        ("/opt/homebrew/Cellar/wget/1.21.4/INSTALL_RECEIPT.json", "pkg:brew/wget@1.21.4"),
        ("/usr/local/Cellar/jq/HEAD-3c5707f/INSTALL_RECEIPT.json", "pkg:brew/jq@HEAD-3c5707f"),
    ])
    func readsEachPrefix(path: String, package: String) throws {
        let root = try TemporaryRoot([path: #"{"homebrew_version": "4.2.0"}"#])
        #expect(try root.packages() == [package])
        #expect(try root.scan().occurrences.values.map(\.self) == [[path]])
    }

    @Test(arguments: [
        "/opt/homebrew/Cellar/wget/INSTALL_RECEIPT.json", "/opt/homebrew/Caskroom/wget/1.21.4/INSTALL_RECEIPT.json",
        "/opt/homebrew/Cellar/wget/1.21.4/share/INSTALL_RECEIPT.json", "/opt/homebrew/Cellar/wget/1.21.4/receipt.json",
        "/INSTALL_RECEIPT.json",
    ])
    func leavesOthersAlone(path: String) throws {
        #expect(try TemporaryRoot([path: "{}"]).packages() == [])
    }

    /// A distribution's package may carry one; nobody's advisories but Homebrew's speak of it.
    @Test func ownersDoNotMatter() throws {
        let path = "/srv/brew/Cellar/wget/1.21.4/INSTALL_RECEIPT.json"
        let root = try TemporaryRoot([path: "{}", "/var/lib/dpkg/info/a.list": path + "\n"])
        #expect(try root.packages() == ["pkg:brew/wget@1.21.4"])
    }
}
