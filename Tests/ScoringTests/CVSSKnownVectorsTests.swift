import Scoring
import Testing

/// Vectors whose scores are published facts, most of them from FIRST's and NVD's own examples.
@Suite struct CVSSKnownVectorsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let vector: String
        let base: Double
        var temporal: Double?
        var environmental: Double?
        let severity: Severity
        var testDescription: String { vector }
    }

    @Test(arguments: [
        // The three worked examples of the CVSS 2.0 guide, section 3.3: CVE-2002-0392, CVE-2003-0818, CVE-2003-0062.
        Case(vector: "AV:N/AC:L/Au:N/C:N/I:N/A:C", base: 7.8, severity: .high),
        Case(vector: "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", base: 7.8, temporal: 6.4, severity: .medium),
        Case(
            vector: "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H",
            base: 7.8, temporal: 6.4, environmental: 9.2, severity: .high),
        Case(
            vector: "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:N/CR:M/IR:M/AR:H",
            base: 7.8, temporal: 6.4, environmental: 0, severity: .low),
        Case(
            vector: "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L",
            base: 10, temporal: 8.3, environmental: 9, severity: .high),
        Case(
            vector: "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M",
            base: 6.2, temporal: 4.9, environmental: 7.5, severity: .high),
        Case(vector: "AV:N/AC:M/Au:N/C:P/I:P/A:P", base: 6.8, severity: .medium),
        Case(vector: "AV:N/AC:L/Au:N/C:N/I:N/A:N", base: 0, severity: .low),
        // The adjusted base equation is below 0 here; the score is not.
        Case(vector: "AV:L/AC:H/Au:M/C:P/I:N/A:N/CR:L", base: 0.8, environmental: 0, severity: .low),
        // "Not defined" is the same as left out.
        Case(vector: "AV:N/AC:M/Au:N/C:P/I:P/A:P/E:ND/RL:ND/RC:ND/CDP:ND/TD:ND", base: 6.8, severity: .medium),
    ])
    func `scores CVSS 2.0`(_ known: Case) throws {
        try expect(known, version: .v2)
    }

    @Test(arguments: [
        // CVE-2013-1937, CVE-2013-0375, CVE-2014-3566, CVE-2012-1516, CVE-2014-0160, CVE-2014-6271, CVE-2008-1447
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", base: 6.1, severity: .medium),
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", base: 6.4, severity: .medium),
        Case(vector: "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", base: 3.1, severity: .low),
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", base: 9.9, severity: .critical),
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", base: 7.5, severity: .high),
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", base: 9.8, severity: .critical),
        Case(vector: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", base: 6.8, severity: .medium),
        // CVE-2021-44228, CVE-2016-5195
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", base: 10, severity: .critical),
        Case(vector: "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", base: 7.8, severity: .high),
        Case(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", base: 0, severity: .none),
        Case(vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", base: 6.1, severity: .medium),
        Case(
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", base: 9.8, temporal: 8.8,
            severity: .high),
        Case(
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C/CR:L/IR:L/AR:L/MAV:L", base: 9.8,
            temporal: 8.5, environmental: 5.8, severity: .medium),
        Case(
            vector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:U/MS:C/MPR:H/CR:H", base: 10, temporal: 9.1,
            environmental: 8.3, severity: .high),
        // In any order, and with everything optional "not defined".
        Case(vector: "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", base: 9.8, severity: .critical),
        Case(
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:X/RC:X/CR:X/MAV:X/MS:X/MA:X", base: 9.8,
            severity: .critical),
    ])
    func `scores CVSS 3.0 and 3.1`(_ known: Case) throws {
        try expect(known, version: known.vector.hasPrefix("CVSS:3.0") ? .v3_0 : .v3_1)
    }

    @Test(arguments: [
        // CVE-2021-44228, CVE-2022-41741, CVE-2020-3549 with and without threat, CVE-2023-3089
        Case(
            vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A", base: 10, temporal: 10,
            severity: .critical),
        Case(vector: "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", base: 8.5, severity: .high),
        Case(vector: "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", base: 7.7, severity: .high),
        Case(
            vector: "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", base: 7.7, temporal: 5.2,
            severity: .medium),
        Case(vector: "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", base: 8.3, severity: .high),
        Case(
            vector: "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/CR:H/IR:L/AR:H/MAC:H",
            base: 8.3, environmental: 8.2, severity: .high),
        Case(vector: "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", base: 4.8, severity: .medium),
        Case(vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", base: 0, severity: .none),
        // Harmless until the environment says that somebody gets hurt.
        Case(
            vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MSI:S", base: 0,
            environmental: 8.9, severity: .high),
        // Supplemental metrics are carried along and never scored.
        Case(
            vector:
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/S:P/AU:Y/R:U/V:C/RE:H/U:Amber",
            base: 8.8, severity: .high),
        // Exactly 5.65 and 8.55: halves go up, also where binary fractions fall just below them.
        Case(vector: "CVSS:4.0/AV:N/AC:H/AT:N/PR:H/UI:A/VC:N/VI:L/VA:H/SC:N/SI:N/SA:N", base: 5.7, severity: .medium),
        Case(vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H", base: 8.6, severity: .high),
        // Published by GitHub in this order: GHSA-28g4-38q8-3cwc.
        Case(vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/SC:N/VI:H/SI:N/VA:H/SA:N", base: 8.7, severity: .high),
    ])
    func `scores CVSS 4.0`(_ known: Case) throws {
        try expect(known, version: .v4_0)
    }

    private func expect(_ known: Case, version: CVSSVersion) throws {
        let vector = try CVSSVector(known.vector)
        #expect(vector.version == version)
        #expect(vector.baseScore == known.base)
        #expect(vector.temporalScore == known.temporal)
        #expect(vector.environmentalScore == known.environmental)
        #expect(vector.score == known.environmental ?? known.temporal ?? known.base)
        #expect(vector.severity == known.severity)
        #expect(vector.vector == known.vector)
        #expect(vector.description == known.vector)
    }
}
