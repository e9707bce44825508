import SeededRandom
import Testing

@testable import HostScan

/// Collectors of ecosystems whose installed packages are each one small record.
@Suite struct InstalledLibrariesTests {
    static let gem = """
        # -*- encoding: utf-8 -*-
        # stub: nokogiri 1.15.4 x86_64-linux lib

        Gem::Specification.new do |s|
          s.name = "nokogiri".freeze
          s.version = "1.15.4"
          s.platform = "x86_64-linux".freeze
        end
        """
    static let oldGem = """
        Gem::Specification.new do |s|
          s.name = %q{rake}
          s.version = "0.8.7"
          s.required_rubygems_version = Gem::Requirement.new(">= 0")
        end
        """
    static let composer = """
        {"packages": [{"name": "symfony/console", "version": "v5.4.21", "type": "library"},
        {"name": "monolog/monolog", "version": "2.9.1"}, {"name": "x/y"}, "odd", null], "dev": false}
        """
    static let dotnet = """
        {"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
        "targets": {".NETCoreApp,Version=v8.0/linux-x64": {
          "App/1.0.0": {"dependencies": {"Newtonsoft.Json": "13.0.1"}, "runtime": {"App.dll": {}}},
          "Newtonsoft.Json/13.0.1": {"runtime": {"lib/netstandard2.0/Newtonsoft.Json.dll": {}}},
          "Only.For.Compiling/1.0.0": {"compile": {"x.dll": {}}},
          "SQLitePCLRaw.lib.e_sqlite3/2.1.6": {"native": {"runtimes/linux-x64/native/libe_sqlite3.so": {}}},
          "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.2": {"runtime": {"System.dll": {}}}}},
        "libraries": {"App/1.0.0": {"type": "project", "serviceable": false, "sha512": ""},
          "Newtonsoft.Json/13.0.1": {"type": "package", "serviceable": true, "sha512": "sha512-x"},
          "Only.For.Compiling/1.0.0": {"type": "package"},
          "SQLitePCLRaw.lib.e_sqlite3/2.1.6": {"type": "package"},
          "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.2": {"type": "runtimepack"}}}
        """
    static let conda = """
        {"build": "py311h06a4308_0", "build_number": 0, "channel": "https://repo.anaconda.com/pkgs/main/linux-64",
        "fn": "openssl-3.0.12-h7f8727e_0.conda", "name": "openssl", "subdir": "linux-64", "version": "3.0.12"}
        """
    static let r = """
        Package: jsonlite
        Title: A Simple and Robust JSON Parser
        Version: 1.8.4
        Description: lines
         Version: 9
        Repository: CRAN
        Built: R 4.2.2; x86_64-pc-linux-gnu; 2023-01-01 00:00:00 UTC; unix
        """
    static let erlang = """
        %% comment with {vsn, "9"}
        {application, 'cowboy', [
            {description, "Small, \\"fast\\", {vsn, \\"8\\"}"},
            {vsn, "2.10.0"},
            {modules, [cow,boy]},{applications, [kernel,stdlib]}
        ]}.
        """
    static let haskell = """
        name:            z-attoparsec-z-attoparsec-internal
        version:         0.14.4
        package-name:    attoparsec
        visibility:      private
        """

    static let julia = """
        name = "JSON"
        uuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
        version = "0.21.4"

        [deps]
        version = "ade2ca70-3891-5945-98fb-dc099432e06a"
        """
    static let vcpkg = """
        Package: zlib
        Version: 1.3.1
        Architecture: x64-linux
        Multi-Arch: same
        Status: install ok installed

        Package: curl
        Feature: ssl
        Architecture: x64-linux
        Status: install ok installed

        Package: old
        Version: 1.0
        Status: purge ok not-installed
        """
    static let plugin = """
        <?php
        /**
         * Plugin Name: Akismet Anti-spam
         * Description: text
         * Version: 5.3
         */
        """

    @Test(arguments: [
        (
            "/root/.julia/packages/JSON/93Ea8/Project.toml", julia,
            ["pkg:julia/JSON@0.21.4?uuid=682c06a0-de6a-54ab-a142-c8b1cf79cde6"]
        ),
        ("/opt/vcpkg/installed/vcpkg/status", vcpkg, ["pkg:vcpkg/zlib@1.3.1"]),
        ("/var/www/wp-content/plugins/akismet/akismet.php", plugin, ["pkg:wordpress-plugin/akismet@5.3"]),
        (
            "/var/www/wp-content/plugins/hello.php", "<?php\n/*\nPlugin Name: Hello\nVersion: 1.7.2\n*/",
            ["pkg:wordpress-plugin/hello@1.7.2"]
        ),
        (
            "/var/www/wp-includes/version.php", "<?php\n/** text */\n$wp_version = '6.4.2';\n$wp_db_version = 56657;\n",
            ["pkg:generic/wordpress@6.4.2"]
        ),
        // None of these is one.
        ("/srv/app/Project.toml", julia, []), ("/var/www/wp-content/plugins/akismet/views/x.php", plugin, []),
        ("/var/www/wp-content/plugins/akismet/index.php", "<?php // Silence is golden.\n", []),
        ("/var/www/version.php", "$wp_version = '6.4.2';", []),
        ("/srv/status", vcpkg, []),
    ])
    func readsFurtherRecords(path: String, text: String, packages: [String]) throws {
        let root = try TemporaryRoot([path: text])
        #expect(try root.packages() == packages)
        #expect(try root.warnings() == [])
    }

    @Test(arguments: [
        (
            "/var/lib/gems/3.1.0/specifications/nokogiri-1.15.4-x86_64-linux.gemspec", gem,
            ["pkg:gem/nokogiri@1.15.4?platform=x86_64-linux"]
        ),
        ("/usr/local/lib/ruby/gems/3.2.0/specifications/default/rake-0.8.7.gemspec", oldGem, ["pkg:gem/rake@0.8.7"]),
        (
            "/srv/vendor/composer/installed.json", composer,
            ["pkg:composer/monolog/monolog@2.9.1", "pkg:composer/symfony/console@v5.4.21"]
        ),
        ("/srv/lib/composer/installed.json", #"[{"name": "A/b", "version": "1.0"}]"#, ["pkg:composer/a/b@1.0"]),
        (
            "/srv/App.deps.json", dotnet,
            [
                "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.2", "pkg:nuget/Newtonsoft.Json@13.0.1",
                "pkg:nuget/SQLitePCLRaw.lib.e_sqlite3@2.1.6",
            ]
        ),
        (
            "/opt/conda/conda-meta/openssl-3.0.12-h7f8727e_0.json", conda,
            ["pkg:conda/openssl@3.0.12?build=py311h06a4308_0&channel=main&subdir=linux-64&type=conda"]
        ),
        (
            "/opt/conda/envs/x/conda-meta/pip.json", #"{"name": "pip", "version": "23.3", "channel": "conda-forge"}"#,
            ["pkg:conda/pip@23.3?channel=conda-forge"]
        ),
        ("/usr/local/lib/R/site-library/jsonlite/DESCRIPTION", r, ["pkg:cran/jsonlite@1.8.4"]),
        (
            "/srv/R/limma/DESCRIPTION",
            "Package: limma\nVersion: 3.54.0\ngit_url: https://git.bioconductor.org/packages/limma\nBuilt: R 4.2.2\n",
            ["pkg:bioconductor/limma@3.54.0"]
        ),
        ("/srv/_build/prod/lib/cowboy/ebin/cowboy.app", erlang, ["pkg:hex/cowboy@2.10.0"]),
        ("/opt/erlang/lib/ssl-11.0/ebin/ssl.app", #"{application,ssl,[{vsn,"11.0"}]}."#, ["pkg:otp/ssl@11.0"]),
        ("/usr/local/lib/luarocks/rocks-5.3/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec", "", ["pkg:luarocks/lpeg@1.0.2-1"]),
        (
            "/root/.ghcup/ghc/9.4.7/lib/package.conf.d/attoparsec-0.14.4.conf", haskell,
            ["pkg:hackage/attoparsec@0.14.4"]
        ),
        (
            "/root/.cabal/store/ghc-9.4.7/package.db/x.conf", "name:\n    text\nversion:\n    2.0.2\n",
            ["pkg:hackage/text@2.0.2"]
        ),
    ])
    func readsRecords(path: String, text: String, packages: [String]) throws {
        let root = try TemporaryRoot([path: text])
        #expect(try root.packages() == packages)
        #expect(try root.scan().occurrences.values.allSatisfy { $0 == [path] })
        #expect(try root.warnings() == [])
    }

    @Test(arguments: [
        ("/srv/app/nokogiri.gemspec", gem), ("/srv/installed.json", composer),
        ("/srv/package/DESCRIPTION", "Package: a\nVersion: 1\n"),
        ("/usr/lib/R/library/stats/DESCRIPTION", "Package: stats\nVersion: 4.2\nPriority: base\nBuilt: R 4.2\n"),
        ("/srv/src/cowboy.app", erlang), ("/srv/lpeg-1.0.2-1.rockspec", ""), ("/etc/attoparsec.conf", haskell),
        ("/srv/conda/pip.json", conda), ("/opt/conda/conda-meta/state.json", "{}"), ("/srv/a.deps.json", "{}"),
    ])
    func leavesOthersAlone(path: String, text: String) throws {
        let report = try TemporaryRoot([path: text]).scan()
        #expect(report.inventory.packages == [] && report.warnings == [])
    }

    @Test(arguments: [
        (
            "/x/specifications/a.gemspec",
            ["Gem::Specification.new", "", "# stub: a", "s.name = \"\"\ns.version = \"1\"\n"]
        ),
        ("/x/composer/installed.json", ["", "{", "{}", "{\"packages\": 1}", "7"]),
        ("/x/a.deps.json", ["", "{", "[\u{0}]"]),
        ("/x/conda-meta/a.json", ["", "{\"name\": \"a"]),
        ("/x/ebin/a.app", ["", "{application, a}", "{vsn, \"1\"}", "\"unending"]),
        ("/x/package.conf.d/a.conf", ["", "name: a\n", ": 1\n"]),
    ])
    func brokenRecordsAreWarnings(path: String, texts: [String]) throws {
        for text in texts {
            let report = try TemporaryRoot([path: text]).scan()
            #expect(report.inventory.packages == [], "\(text)")
            #expect(report.warnings.map(\.path) == [path], "\(text)")
        }
    }

    @Test(arguments: [
        "/usr/share/rubygems-integration/all/specifications/nokogiri-1.15.4.gemspec",
        "/usr/share/php/composer/installed.json",
        "/usr/lib/dotnet/shared/a.deps.json", "/usr/lib/R/site-library/jsonlite/DESCRIPTION",
        "/usr/lib/erlang/lib/cowboy/ebin/cowboy.app", "/var/lib/ghc/package.conf.d/a.conf",
    ])
    func distributionPackagesAreNotReportedTwice(path: String) throws {
        let texts = [
            ".gemspec": Self.gem, "installed.json": Self.composer, "a.deps.json": Self.dotnet, "DESCRIPTION": Self.r,
            ".app": Self.erlang, ".conf": Self.haskell,
        ]
        let text = try #require(texts.first { path.hasSuffix($0.key) }?.value)
        let root = try TemporaryRoot([path: text])
        #expect(try !root.packages().isEmpty)
        try root.write("/var/lib/dpkg/info/x.list", "\(path)\n")
        #expect(try root.packages() == [])
    }

    @Test func neverTrapsOnMutatedRecords() throws {
        var random = SplitMix(seed: 17)
        let root = try TemporaryRoot()
        let records = [
            ("/x/specifications/a.gemspec", Self.gem), ("/x/specifications/b.gemspec", Self.oldGem),
            ("/x/composer/installed.json", Self.composer), ("/x/a.deps.json", Self.dotnet),
            ("/x/conda-meta/a.json", Self.conda), ("/x/R/a/DESCRIPTION", Self.r), ("/x/ebin/a.app", Self.erlang),
            ("/x/package.conf.d/a.conf", Self.haskell), ("/x/packages/a/b/Project.toml", Self.julia),
            ("/x/vcpkg/status", Self.vcpkg), ("/x/wp-content/plugins/a/a.php", Self.plugin),
        ]
        for _ in 0..<150 {
            for (path, text) in records { try root.write(path, bytes: random.mutated(Array(text.utf8))) }
            for warning in try root.scan().warnings { #expect(!warning.reason.isEmpty) }
        }
    }
}
