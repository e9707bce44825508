import SeededRandom
import Testing

@testable import HostScan

@Suite struct PythonTests {
    static let site = "/usr/local/lib/python3.11/site-packages"

    @Test(arguments: [
        (
            "\(site)/Foo_Bar-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.0\n\nName: body\n", "foo.bar@1.0"
        ),
        ("\(site)/foo-1.0.dist-info/METADATA", "name: foo\r\nVERSION:   2.0 \r\n\r\n", "foo@2.0"),
        // Header missing, empty, or after the end of the headers: the folder tells.
        ("\(site)/foo_bar-1.2.post1.dist-info/METADATA", "Name: foo_bar\n\nVersion: 9\n", "foo-bar@1.2.post1"),
        ("\(site)/foo-1.3.dist-info/METADATA", "Name:\nVersion: \n", "foo@1.3"),
        ("\(site)/foo-1.4.dist-info/METADATA", "", "foo@1.4"),
        ("\(site)/foo-1.0-py3.11.egg-info/PKG-INFO", "Name: foo\nVersion: 1.0\n", "foo@1.0"),
        ("\(site)/foo-1.5-py3.11.egg-info/PKG-INFO", "\u{FEFF}?", "foo@1.5"),
        ("\(site)/foo-1.0.egg-info", "Metadata-Version: 1.0\nName: foo\nVersion: 1.0\n", "foo@1.0"),
        ("\(site)/foo-1.6-py2.7.egg/EGG-INFO/PKG-INFO", "Name: foo\n", "foo@1.6"),
        ("/opt/tool/venv/lib/python3.9/site-packages/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n", "a@1"),
        (
            "/root/.pyenv/versions/3.12.1/lib/python3.12/site-packages/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n",
            "a@1"
        ),
        (
            "/home/me/.pyenv/versions/3.12.1/lib/python3.12/site-packages/a-1.dist-info/METADATA",
            "Name: a\nVersion: 1\n", "a@1"
        ),
        ("/srv/app/.venv/lib64/python3.12/site-packages/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n", "a@1"),
        ("/var/task/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n", "a@1"),
        ("/srv/src/a.egg-info/PKG-INFO", "Name: a\nVersion: 1\n", "a@1"),
    ])
    func readsEachForm(path: String, text: String, package: String) throws {
        let root = try TemporaryRoot([path: text])
        #expect(try root.packages() == ["pkg:pypi/\(package)"])
        #expect(try root.scan().occurrences.values.map(\.self) == [[path]])
    }

    @Test(arguments: [
        "/usr/lib/python2.7/wsgiref.egg-info",  // part of Python itself
        "\(site)/~oo-1.0.dist-info/METADATA",  // left behind by pip
        "\(site)/foo.egg-link", "\(site)/METADATA", "\(site)/foo/PKG-INFO",
        "/tmp/x/foo-1.0.dist-info/METADATA", "/srv/.git/foo-1.0.dist-info/METADATA",
        "/home/me/.cache/uv/archive-v0/x/foo-1.0.dist-info/METADATA",
        "/var/lib/docker/overlay2/x/diff/foo-1.0.dist-info/METADATA",
    ])
    func leavesOthersAlone(path: String) throws {
        let report = try TemporaryRoot([path: "Name: foo\nVersion: 1.0\n"]).scan()
        #expect(report.inventory.packages == [] && report.warnings == [])
    }

    @Test func readsEggsThatAreFiles() throws {
        let root = try TemporaryRoot()
        let headers = Array("Metadata-Version: 1.0\nName: Foo\nVersion: 1.0.1\n".utf8)
        let path = "\(Self.site)/foo-1.0-py3.8.egg"
        try root.write(path, bytes: PackedSamples.zip([.init(name: "EGG-INFO/PKG-INFO", bytes: headers)]))
        #expect(try root.packages() == ["pkg:pypi/foo@1.0.1"])
        try root.write(path, bytes: [1, 2, 3])
        #expect(try root.packages() == ["pkg:pypi/foo@1.0"])
        #expect(try root.warnings() == ["\(path): no zip archive"])
    }

    @Test func warnsWhenNothingSaysTheVersion() throws {
        let path = "/srv/src/a.egg-info/PKG-INFO"
        let root = try TemporaryRoot([path: "Name: a\n"])
        #expect(try root.packages() == [])
        #expect(try root.warnings() == ["\(path): neither the file nor its folder says name and version"])
    }

    @Test func findsHeadersBehindALongOne() throws {
        let text = "Summary: " + String(repeating: "x", count: 20_000) + "\nName: late\nVersion: 3\n"
        #expect(try TemporaryRoot(["\(Self.site)/other-9.dist-info/METADATA": text]).packages() == ["pkg:pypi/late@3"])
    }

    @Test func distributionPackagesAreNotReportedTwice() throws {
        let owned = "/usr/lib/python3/dist-packages/six-1.16.0.egg-info"
        let folder = "/usr/lib/python3/dist-packages/attrs-22.2.0.dist-info/METADATA"
        let root = try TemporaryRoot([
            "/var/lib/dpkg/status":
                "Package: python3-six\nStatus: install ok installed\nVersion: 1.16.0-4\nSource: six\n",
            "/var/lib/dpkg/info/python3-six.list": "/.\n/usr\n\(owned)\n/usr/lib/python3/dist-packages/six.py\n",
            "/var/lib/dpkg/info/python3-attr.list":
                "/.\n/usr/lib/python3/dist-packages/attrs-22.2.0.dist-info\n\(folder)",
            owned: "Name: six\nVersion: 1.16.0\n",
            folder: "Name: attrs\nVersion: 22.2.0\n",
            "/var/lib/dpkg/info/offline.list": "/usr/share/offline/offline-8.egg-info/PKG-INFO\n",
            "/usr/share/offline/offline-8.egg-info/PKG-INFO": "Name: offline\nVersion: 8\n",
            "/usr/lib/python3/dist-packages/pip_made-1.dist-info/METADATA": "Name: pip-made\nVersion: 1\n",
        ])
        #expect(
            try root.packages() == [
                "pkg:deb/debian/python3-six@1.16.0-4?distro=debian-12&upstream=six", "pkg:pypi/pip-made@1",
            ])
    }

    @Test(arguments: [
        "/opt/vendor/lib", "/usr/local/lib/python3.11/dist-packages",
        "/usr/lib/vendor/bundled/lib/python3.12/site-packages",
    ])
    func whatThirdPartyPackagesBundleIsReported(folder: String) throws {
        let path = "\(folder)/urllib3-1.26.0.dist-info/METADATA"
        let root = try TemporaryRoot([
            "/var/lib/dpkg/info/vendor-tool.list": "\(path)\n", path: "Name: urllib3\nVersion: 1.26.0\n",
        ])
        #expect(try root.packages() == ["pkg:pypi/urllib3@1.26.0"])
    }

    @Test func samePackageInTwoPlacesCountsOnce() throws {
        let paths = ["/a/site-packages/x-1.dist-info/METADATA", "/b/site-packages/x-1.dist-info/METADATA"]
        let root = try TemporaryRoot([paths[0]: "Name: x\nVersion: 1\n", paths[1]: "Name: X\nVersion: 1\n"])
        #expect(try root.scan().occurrences.values.map(\.self) == [paths])
    }

    @Test func neverTrapsOnMutatedMetadata() {
        var random = SplitMix(seed: 6)
        for _ in 0..<5_000 {
            let metadata = PythonMetadata(
                headers: random.mutated(Array("Name: foo\r\nVersion: 1.0\n more\n\nbody".utf8)))
            #expect(metadata.name != "" && metadata.version != "")
            _ = PythonMetadata(
                path: String(decoding: random.mutated(Array("/a/b-1-2.dist-info/M".utf8)), as: UTF8.self))
        }
    }
}
