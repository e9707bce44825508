import Inventory
import PackageIdentity
import Testing

@Suite struct ScanTableTests {
    private func report() throws -> ScanReport {
        let all = try packages(sampleTexts)
        return ScanReport(
            inventory: Inventory(all.filter { $0.name != "left-pad" }), declared: all[2...3], host: HostFacts(),
            occurrences: [
                all[3]: ["/srv/app/package-lock.json"],
                all[1]: ["/var/lib/dpkg/status"],
                all[2]: [
                    "/srv/app/node_modules/@types/node/package.json", "/srv/b/node_modules/@types/node/package.json",
                ],
                all[4]: ["/usr/local/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA"],
            ])
    }

    @Test func alignsColumns() throws {
        let expected = """
            ECOSYSTEM  NAME         VERSION           SOURCE         EVIDENCE   LOCATION
            deb        bash         5.2.15-2+b8       bash@5.2.15-2  installed
            deb        libssl3      3.0.11-1~deb12u2  openssl        installed  /var/lib/dpkg/status
            npm        @types/node  20.1.0                           installed  /srv/app/node_modules/@types/node/package.json (+1)
            npm        left-pad     1.3.0                            declared   /srv/app/package-lock.json
            pypi       requests     2.31.0                           installed  /usr/local/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA

            """
        #expect(ScanTable().render(try report()) == expected)
    }

    @Test(arguments: [40, 60, 80, 100, 120, 200])
    func staysWithinItsWidth(width: Int) throws {
        let lines = ScanTable(width: width).render(try report()).split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.allSatisfy { $0.count <= width && !$0.hasSuffix(" ") }, "\(lines)")
    }

    @Test func keepsTheEndOfALongPath() throws {
        let table = ScanTable(width: 112).render(try report())
        #expect(table.contains("-2.31.0.dist-info/METADATA\n"))
        #expect(table.contains("…"))
    }

    @Test func boundsAnOddVersion() throws {
        let odd = try PackageURL(type: "npm", name: "a", version: String(repeating: "9", count: 300))
        let plain = ScanReport(inventory: Inventory([odd]), host: HostFacts())
        let lines = ScanTable().render(plain).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 90 })
    }

    @Test func showsNoControlCharacters() throws {
        var report = try report()
        report.occurrences[report.inventory.packages[0]] = ["/tmp/\u{1B}[2Jx\u{202E}y"]
        let table = ScanTable().render(report)
        #expect(table.contains("/tmp/\u{FFFD}[2Jx\u{FFFD}y"))
    }

    @Test func emptyReportHasTitlesOnly() {
        let table = ScanTable().render(ScanReport(inventory: Inventory([]), host: HostFacts()))
        #expect(table == "ECOSYSTEM  NAME  VERSION  SOURCE  EVIDENCE  LOCATION\n")
    }
}
