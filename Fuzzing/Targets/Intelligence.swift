import Advisories
import Scoring

extension FuzzTargets {
    /// Feeds of threat intelligence.
    static let intelligence: [FuzzTarget] = [
        FuzzTarget("kev", maximumLength: 8192, form: .json, dictionary: "intelligence") { input in
            check(try ThreatIntelligence.readKEV(TemporaryPlace.file("kev.json", input), limits: limits))
        },
        FuzzTarget("epss", dictionary: "intelligence") { input in
            let result = try ThreatIntelligence.readEPSS(TemporaryPlace.file("epss.csv", input), limits: limits)
            check(result)
            for score in result.intelligence.epss.values {
                require((0...1).contains(score.probability) && (0...1).contains(score.percentile), "a share is one")
            }
        },
        FuzzTarget("exploit-database", dictionary: "intelligence") { check(try ExploitDatabaseFeed.read(bytes: $0)) },
        FuzzTarget("metasploit", maximumLength: 8192, form: .json, dictionary: "intelligence") {
            check(try MetasploitFeed.read(bytes: $0, limits: limits))
        },
        FuzzTarget("end-of-life", maximumLength: 8192, form: .json, dictionary: "intelligence") {
            check(try EndOfLifeFeed.read(bytes: $0, named: "product.json"))
        },
        FuzzTarget("debian-support", dictionary: "intelligence") { input in
            let names = ["security-support-ended.deb12", "security-support-limited", "security-support-ended.deb11"]
            for name in names { check(try DebianSupportFeed.parse(input, named: name, release: "12")) }
        },
    ]

    private static func check(_ result: IntelligenceReading) {
        require(result.reading.setAside >= result.issues.count, "what was named was counted")
        for issue in result.issues {
            require(!issue.record.isEmpty && !issue.reason.isEmpty, "a record set aside has a name and a reason")
        }
    }
}
