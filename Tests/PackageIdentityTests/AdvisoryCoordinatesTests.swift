import PackageIdentity
import Testing

/// Package URL in, the place where advisories are looked up out.
struct AdvisoryCoordinatesTests {
    struct Case: Sendable {
        var purl: String
        var coordinates: AdvisoryCoordinates?
        init(_ purl: String, _ scope: String, _ name: String, _ version: String) {
            self.purl = purl
            coordinates = AdvisoryCoordinates(scope: scope, name: name, version: version)
        }
        init(_ purl: String) { self.purl = purl }
    }

    @Test(arguments: [
        Case(
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12&upstream=openssl", "Debian:12", "openssl",
            "3.0.11-1~deb12u2"),
        Case("pkg:deb/debian/curl@7.88.1-10?distro=bookworm", "Debian:12", "curl", "7.88.1-10"),
        // A rebuild without a change of the source.
        Case(
            "pkg:deb/debian/libcap-ng0@0.8.3-1%2Bb3?distro=debian-12&upstream=libcap-ng%400.8.3-1", "Debian:12",
            "libcap-ng", "0.8.3-1"),
        Case("pkg:deb/debian/tar@1.34-1%2Bb12?distro=debian-12", "Debian:12", "tar", "1.34-1"),
        Case("pkg:deb/debian/x@1.0%2Bb?distro=debian-12", "Debian:12", "x", "1.0+b"),
        Case(
            "pkg:deb/debian/perl-base@5.36.0-7%2Bdeb12u1?distro=debian-12&upstream=perl", "Debian:12", "perl",
            "5.36.0-7+deb12u1"),
        Case(
            "pkg:deb/debian/libgcc-s1@12.2.0-14?distro=debian-12&upstream=gcc-12%40", "Debian:12", "gcc-12", "12.2.0-14"
        ),
        // Signed kernels: advisories speak of linux.
        Case(
            "pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?distro=debian-12&upstream=linux-signed-amd64%406.1.76%2B1",
            "Debian:12", "linux", "6.1.76-1"),
        Case(
            "pkg:deb/debian/linux-image-6.1-amd64@6.1.90-1~bpo11%2B1?distro=debian-11&upstream=linux-signed-amd64%406.1.90%2B1~bpo11%2B1",
            "Debian:11", "linux", "6.1.90-1~bpo11+1"),
        Case(
            "pkg:deb/ubuntu/linux-image-5.15.0-91-generic@5.15.0-91.101?distro=ubuntu-22.04&upstream=linux-signed",
            "Ubuntu:22.04:LTS", "linux", "5.15.0-91.101"),
        Case(
            "pkg:deb/ubuntu/linux-image-6.5.0-14-generic@6.5.0-14.14~22.04.1?distro=ubuntu-22.04&upstream=linux-signed-hwe-6.5",
            "Ubuntu:22.04:LTS", "linux-hwe-6.5", "6.5.0-14.14~22.04.1"),
        Case("pkg:deb/ubuntu/bash@5.2?distro=ubuntu-23.10", "Ubuntu:23.10", "bash", "5.2"),
        Case("pkg:deb/debian/curl@7.88.1-10?distro=sid"),
        Case("pkg:deb/debian/curl@7.88.1-10"),
        Case("pkg:deb/debian/curl?distro=debian-12"),
        Case(
            "pkg:apk/alpine/libcrypto3@3.1.4-r1?distro=alpine-3.18.4&upstream=openssl", "Alpine:v3.18", "openssl",
            "3.1.4-r1"),
        Case("pkg:apk/wolfi/openssl@3.1.4-r1", "Wolfi", "openssl", "3.1.4-r1"),
        Case(
            "pkg:rpm/rocky/openssl-libs@3.0.7-24.el9?epoch=1&distro=rocky-9.3&upstream=openssl-3.0.7-24.el9.src.rpm",
            "Rocky Linux:9", "openssl", "1:3.0.7-24.el9"),
        Case(
            "pkg:rpm/almalinux/openssl-libs@3.0.7-24.el9?epoch=1&distro=almalinux-9.3&upstream=openssl-3.0.7-24.el9.src.rpm",
            "AlmaLinux:9", "openssl-libs", "1:3.0.7-24.el9"),
        Case("pkg:rpm/rocky/bash@5.1-2.el9?epoch=0&distro=rocky-9", "Rocky Linux:9", "bash", "5.1-2.el9"),
        // A part with a version of its own.
        Case(
            "pkg:rpm/rocky/part@1.30-4.el9?epoch=2&distro=rocky-9.3&upstream=whole-5.32-4.el9.src.rpm",
            "Rocky Linux:9", "whole", "2:5.32-4.el9"),
        // Red Hat, SUSE, Amazon and Oracle name binary packages, as AlmaLinux does.
        Case(
            "pkg:rpm/redhat/bind-chroot@9.16.23-14.el9_3?epoch=32&distro=rhel-9.3&upstream=bind-9.16.23-14.el9_3.src.rpm",
            "Red Hat:enterprise_linux:9", "bind-chroot", "32:9.16.23-14.el9_3"),
        Case(
            "pkg:rpm/centos/bash@4.2.46-34.el7?distro=centos-7&upstream=x-1-1.src.rpm", "Red Hat:enterprise_linux:7",
            "bash", "4.2.46-34.el7"),
        Case("pkg:rpm/amzn/bash@5.2?distro=amzn-2023&upstream=x-1-1.src.rpm", "Amazon Linux:2023", "bash", "5.2"),
        Case(
            "pkg:rpm/suse/bash@5?distro=sles-15.5&upstream=x-1-1.src.rpm", "SUSE:Linux Enterprise Server 15 SP5",
            "bash", "5"),
        Case("pkg:rpm/ol/bash@1:5?epoch=1&distro=ol-8", "Oracle Linux:8", "bash", "1:5"),
        Case("pkg:rpm/mageia/lib64x@5-1?distro=mageia-9&upstream=x-5-1.src.rpm", "Mageia:9", "x", "5-1"),
        // Ubuntu's extended maintenance says so in the version; Trivy puts the epoch beside it.
        Case(
            "pkg:deb/ubuntu/openssl@1.1.1-1ubuntu2.1~18.04.23%2Besm3?distro=ubuntu-18.04", "Ubuntu:Pro:18.04:LTS",
            "openssl", "1.1.1-1ubuntu2.1~18.04.23+esm3"),
        Case("pkg:deb/ubuntu/x@1.0~esm2?distro=xenial", "Ubuntu:Pro:16.04:LTS", "x", "1.0~esm2"),
        Case(
            "pkg:deb/ubuntu/cpp@4:5.3.1-1ubuntu1?distro=xenial&upstream=gcc-defaults%401.150ubuntu1%2Besm1",
            "Ubuntu:Pro:16.04:LTS", "gcc-defaults", "1.150ubuntu1+esm1"),
        Case("pkg:deb/ubuntu/x@1.0%2Besme?distro=xenial", "Ubuntu:16.04:LTS", "x", "1.0+esme"),
        Case("pkg:deb/debian/bsdutils@2.38?epoch=1&distro=debian-12.5", "Debian:12", "bsdutils", "1:2.38"),
        Case("pkg:deb/debian/bsdutils@1:2.38?epoch=1&distro=debian-12.5", "Debian:12", "bsdutils", "1:2.38"),
        Case("pkg:deb/debian/curl@7?distro_name=bookworm", "Debian:12", "curl", "7"),
        Case("pkg:golang/std@v1.20", "Go", "stdlib", "v1.20"),
        Case("pkg:golang/stdlib@go1.20.3", "Go", "stdlib", "1.20.3"),
        Case("pkg:golang/stdlib@go1.22.5%20X:boringcrypto", "Go", "stdlib", "1.22.5"),
        Case("pkg:golang/stdlib@1.26.6-X:boringcrypto", "Go", "stdlib", "1.26.6"),
        Case("pkg:golang/stdlib@1.26.5%20%28Red%20Hat%201.26.5-1.el10_2.alma.1%29%20X:a", "Go", "stdlib", "1.26.5"),
        Case("pkg:golang/stdlib@1.23.0-rc.1", "Go", "stdlib", "1.23.0-rc.1"),
        Case("pkg:gem/nokogiri@1.19.3-x86_64-linux-gnu", "RubyGems", "nokogiri", "1.19.3"),
        Case("pkg:gem/nokogiri@1.19.3-java", "RubyGems", "nokogiri", "1.19.3"),
        Case("pkg:gem/nokogiri@1.19.3-x64-mingw-ucrt", "RubyGems", "nokogiri", "1.19.3"),
        Case("pkg:gem/nokogiri@1.19.3-arm64-darwin?platform=arm64-darwin", "RubyGems", "nokogiri", "1.19.3"),
        Case("pkg:gem/ember-source@1.4.0-beta.1", "RubyGems", "ember-source", "1.4.0-beta.1"),
        Case("pkg:gem/pubnub@3.3.0.1-release-01-02-13-1", "RubyGems", "pubnub", "3.3.0.1-release-01-02-13-1"),
        Case("pkg:conan/bincrafters/cctz@2.3", "ConanCenter", "cctz", "2.3"),
        Case("pkg:swift/github.com/Vapor/leaf-kit.git@1", "SwiftURL", "github.com/vapor/leaf-kit", "1"),
        Case("pkg:bitnami/nginx@1.25.3-2?distro=debian-12", "Bitnami", "nginx", "1.25.3"),
        Case("pkg:bitnami/x@2.0.0-rc", "Bitnami", "x", "2.0.0-rc"),
        Case("pkg:brew/libssh2@1.11.0_1", "Homebrew", "libssh2", "1.11.0_1"),
        Case("pkg:julia/HTTP@1.0?uuid=cd3eb016", "Julia", "HTTP", "1.0"),
        Case("pkg:rpm/fedora/bash@5.1-2?distro=fedora-39"),
        Case("pkg:pypi/Django@4.2", "PyPI", "django", "4.2"),
        Case("pkg:pypi/zope.interface@5", "PyPI", "zope-interface", "5"),
        Case("pkg:pypi/a__b-.c@1", "PyPI", "a-b-c", "1"),
        Case("pkg:pypi/a-b-c@1", "PyPI", "a-b-c", "1"),
        Case("pkg:pypi/-a--b-@1", "PyPI", "-a-b-", "1"),
        Case("pkg:npm/%40babel/core@7.0.0", "npm", "@babel/core", "7.0.0"),
        Case("pkg:golang/golang.org/x/net@v0.17.0", "Go", "golang.org/x/net", "v0.17.0"),
        Case("pkg:golang/github.com/Masterminds/goutils@v1", "Go", "github.com/masterminds/goutils", "v1"),
        Case("pkg:golang/stdlib@1.20.3", "Go", "stdlib", "1.20.3"),
        Case("pkg:cargo/time@0.1.44", "crates.io", "time", "0.1.44"),
        Case("pkg:gem/rails@7.0.0", "RubyGems", "rails", "7.0.0"),
        Case("pkg:composer/Laravel/framework@9.0", "Packagist", "laravel/framework", "9.0"),
        Case(
            "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "Maven", "org.apache.logging.log4j:log4j-core",
            "2.14.1"),
        Case("pkg:nuget/Newtonsoft.Json@12.0.1", "NuGet", "newtonsoft.json", "12.0.1"),
        Case("pkg:swift/github.com/apple/swift-nio@2.0.0", "SwiftURL", "github.com/apple/swift-nio", "2.0.0"),
        Case("pkg:github/actions/checkout@v4", "GitHub Actions", "actions/checkout", "v4"),
        Case("pkg:docker/library/nginx@1.25"),
        Case("pkg:generic/openssl@3"),
        Case("pkg:npm/lodash"),
    ])
    func coordinates(_ example: Case) throws {
        #expect(try PackageURL(example.purl).advisoryCoordinates == example.coordinates)
    }

    @Test(arguments: [
        Case(
            "pkg:rpm/redhat/libcurl@7.76.1-26.el9?distro=rhel-9.3&upstream=curl-7.76.1-26.el9.src.rpm",
            "Red Hat:enterprise_linux:9", "curl", "7.76.1-26.el9"),
        Case(
            "pkg:rpm/redhat/bind-libs@9.16.23-14.el9?epoch=32&distro=rhel-9.3&upstream=bind-9.16.23-14.el9.src.rpm",
            "Red Hat:enterprise_linux:9", "bind", "32:9.16.23-14.el9"),
        Case("pkg:rpm/amzn/libcurl@8-1?distro=amzn-2023&upstream=curl", "Amazon Linux:2023", "curl", "8-1"),
        // The same name, no source, a family that names sources anyway, and AlmaLinux, which never does.
        Case("pkg:rpm/redhat/curl@7-1?distro=rhel-9.3&upstream=curl-7-1.src.rpm"),
        Case("pkg:rpm/redhat/curl@7-1?distro=rhel-9.3"),
        Case("pkg:rpm/rocky/libcurl@7-1?distro=rocky-9.3&upstream=curl-7-1.src.rpm"),
        Case("pkg:rpm/almalinux/libcurl@7-1?distro=almalinux-9.3&upstream=curl-7-1.src.rpm"),
        Case("pkg:deb/debian/libcurl4@7?distro=debian-12&upstream=curl"),
    ])
    func sourcesAreKnownBesideBinaries(_ example: Case) throws {
        #expect(try PackageURL(example.purl).sourceCoordinates == example.coordinates)
    }

    @Test(
        "builds from outside the distribution have no advisories",
        arguments: [
            ("pkg:deb/debian/nodejs@18.20.4-1nodesource1?distro=debian-12", "NodeSource"),
            ("pkg:deb/debian/nodejs@16.20.2-deb-1nodesource1?distro=debian-12", "NodeSource"),
            (
                "pkg:deb/debian/postgresql-15@15.3-1.pgdg120%2B1?distro=debian-12",
                "PostgreSQL Global Development Group"
            ),
            ("pkg:deb/ubuntu/libpq5@16.3-1~pgdg22.04%2B1?distro=jammy", "PostgreSQL Global Development Group"),
            ("pkg:deb/debian/mariadb-server@1:10.11.8%2Bmaria~deb12?distro=debian-12", "MariaDB Foundation"),
            ("pkg:deb/debian/php8.2@8.2.20-1%2B0~20240606.45%2Bdebian12~1.gbp1c2b34?distro=debian-12", "deb.sury.org"),
            ("pkg:deb/ubuntu/php8.1@8.1.29-1%2Bubuntu22.04.1%2Bdeb.sury.org%2B1?distro=jammy", "deb.sury.org"),
            ("pkg:deb/debian/ffmpeg@7:5.1.6-dmo1%2Bdeb12u1?distro=debian-12", "deb-multimedia.org"),
            ("pkg:deb/debian/zfsutils-linux@2.2.3-pve2?distro=debian-12", "Proxmox"),
            ("pkg:deb/ubuntu/git@1:2.45.2-0ppa1~ubuntu22.04.1?distro=jammy", "a personal package archive"),
            ("pkg:deb/debian/nginx@1.26.1-1~bookworm?distro=debian-12", "another repository"),
            ("pkg:deb/ubuntu/python3.11@3.11.9-1%2Bjammy1?distro=jammy", "another repository"),
            ("pkg:deb/debian/docker-ce@5:24.0.7-1~debian.12~bookworm?distro=debian-12", "another repository"),
            ("pkg:deb/debian/zabbix-agent@1:6.0.30-1%2Bdebian12?distro=debian-12", "another repository"),
            ("pkg:rpm/redhat/php@8.2.20-1.el9.remi?distro=rhel-9.4", "Remi's repository"),
            ("pkg:rpm/rocky/nodejs@18.20.4-1nodesource?distro=rocky-9", "NodeSource"),
        ])
    func foreignBuilds(purl: String, builder: String) throws {
        let package = try PackageURL(purl)
        #expect(package.foreignBuild == builder)
        #expect(package.advisoryCoordinates == nil)
        #expect(package.sourceCoordinates == nil)
    }

    @Test(
        "builds of the distribution are none from outside",
        arguments: [
            "pkg:deb/debian/nodejs@20.20.2-1nodesource1%2Brepack1?distro=debian-14",
            "pkg:deb/debian/libcurl4@7.88.1-10%2Bdeb12u5?distro=debian-12",
            "pkg:deb/debian/haproxy@2.9.9-1~bpo12%2B1?distro=debian-12",
            "pkg:deb/debian/bind9@1:9.8.4.dfsg.P1-6%2Bnmu2%2Bdeb7u1?distro=debian-7",
            "pkg:deb/debian/x@1.0-2%2Bwheezy1?distro=debian-7",
            "pkg:deb/debian/x@2.2.4%2Bdebian0-1?distro=debian-12",
            "pkg:deb/debian/x@1.0%2Bdebian1-1?distro=debian-12", "pkg:deb/debian/x@1.0%2Bjammy?distro=debian-12",
            "pkg:deb/raspbian/curl@7.88.1-10%2Brpi1%2Bdeb12u5?distro=raspbian-12",
            "pkg:deb/ubuntu/x@1.0-0ubuntu0.22.04.4?distro=jammy",
            "pkg:deb/ubuntu/x@1.0-1~ubuntu16.04.3%2Besm1?distro=xenial",
            "pkg:deb/ubuntu/x@1.0-2ubuntu1~22.04.1?distro=jammy",
            "pkg:deb/ubuntu/nova@2:25.2.1-0ubuntu1~cloud0?distro=focal",
            "pkg:rpm/redhat/php@8.0.30-1.el9_2?distro=rhel-9.4",
            "pkg:rpm/rocky/nginx@1.22.1-4.module+el9?distro=rocky-9",
        ])
    func ownBuilds(purl: String) throws {
        let package = try PackageURL(purl)
        #expect(package.foreignBuild == nil)
        #expect(package.advisoryCoordinates != nil)
    }
}
