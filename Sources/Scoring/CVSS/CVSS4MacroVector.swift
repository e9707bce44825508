/// The set of vectors that CVSS 4.0 scores alike before fine-tuning: one level in each equivalence class (EQ).
///
/// EQ3 and EQ6 depend on each other, so they are one joint class of five sets here: the combinations (EQ3, EQ6) =
/// (0,0), (0,1), (1,0), (1,1), (2,1) are sets 0 to 4. (2,0) cannot occur.
///
/// - Source: section 8.2, tables 24 to 30, of <https://www.first.org/cvss/v4.0/specification-document>
struct CVSS4MacroVector: Sendable, Hashable {
    /// Exploitability by attack vector, privileges and interaction, 0 to 2.
    var eq1: Int
    /// Exploitability by complexity and requirements, 0 to 1.
    var eq2: Int
    /// Impact on the vulnerable system with its security requirements, set 0 to 4.
    var eq3and6: Int
    /// Impact on subsequent systems, 0 to 2.
    var eq4: Int
    /// Exploit maturity, 0 to 2.
    var eq5: Int
}

extension CVSS4MacroVector {
    /// The set that holds the vector.
    init(_ levels: CVSS4Levels) {
        let unhindered = [levels.attackVector, levels.privilegesRequired, levels.userInteraction].filter { $0 == 0 }
            .count
        eq1 = unhindered == 3 ? 0 : (unhindered > 0 && levels.attackVector != 3 ? 1 : 2)
        eq2 = levels.attackComplexity == 0 && levels.attackRequirements == 0 ? 0 : 1
        eq3and6 = Self.jointImpact(levels)
        // Safety at integrity or availability, else any High, else neither.
        eq4 = levels.subsequent.contains(0) ? 0 : (levels.subsequent.contains(1) ? 1 : 2)
        eq5 = levels.exploitMaturity
    }

    private static func jointImpact(_ levels: CVSS4Levels) -> Int {
        let high = levels.vulnerable.map { $0 == 0 }
        guard high.contains(true) else { return 4 }
        let eq3 = high[0] && high[1] ? 0 : 1
        let required = zip(high, levels.requirements).contains { high, requirement in high && requirement == 0 }
        return eq3 * 2 + (required ? 0 : 1)
    }

    /// The score of the most severe vectors of the set, in tenths.
    ///
    /// 270 numbers that FIRST publishes (`cvss_lookup.js` of its calculator, named by section 8.2 as the source):
    /// <https://github.com/FIRSTdotorg/cvss-v4-calculator/blob/main/cvss_lookup.js>. A block is one (EQ1, EQ2), a row one
    /// joint set, and columns run over EQ4 and, within it, EQ5.
    var tenths: Int {
        Self.scores[eq1 * 2 + eq2][eq3and6][eq4 * 3 + eq5]
    }

    private static let scores: [[[Int]]] = [
        [
            [100, 98, 95, 100, 93, 91, 93, 89, 81],
            [99, 95, 92, 96, 87, 81, 90, 80, 68],
            [98, 95, 90, 93, 89, 81, 88, 78, 69],
            [95, 92, 84, 92, 81, 65, 80, 70, 48],
            [92, 82, 72, 79, 69, 50, 69, 55, 27],
        ],
        [
            [99, 95, 92, 95, 90, 84, 92, 82, 72],
            [97, 92, 85, 91, 83, 71, 81, 71, 53],
            [95, 92, 85, 92, 80, 70, 84, 71, 50],
            [93, 85, 73, 82, 72, 59, 70, 52, 30],
            [86, 75, 52, 71, 52, 29, 63, 29, 17],
        ],
        [
            [98, 94, 91, 94, 86, 77, 87, 74, 63],
            [95, 87, 81, 89, 74, 64, 75, 63, 49],
            [94, 88, 76, 86, 74, 59, 72, 57, 52],
            [89, 77, 67, 76, 58, 50, 57, 52, 25],
            [83, 70, 54, 65, 58, 26, 53, 21, 13],
        ],
        [
            [95, 88, 76, 90, 75, 61, 77, 68, 52],
            [90, 76, 70, 77, 62, 53, 66, 59, 30],
            [89, 76, 62, 74, 57, 47, 61, 57, 24],
            [78, 67, 58, 59, 57, 23, 52, 29, 16],
            [71, 59, 30, 58, 26, 15, 23, 13, 6],
        ],
        [
            [93, 86, 75, 86, 74, 56, 70, 52, 40],
            [87, 72, 58, 74, 61, 34, 54, 40, 22],
            [85, 74, 62, 72, 55, 46, 53, 34, 19],
            [75, 55, 51, 57, 41, 19, 36, 19, 8],
            [64, 51, 20, 47, 21, 11, 24, 9, 4],
        ],
        [
            [88, 73, 60, 73, 59, 41, 54, 45, 20],
            [75, 53, 50, 55, 40, 20, 43, 22, 11],
            [75, 58, 40, 61, 48, 20, 46, 17, 8],
            [55, 45, 21, 51, 18, 9, 18, 7, 2],
            [53, 24, 14, 24, 12, 5, 10, 3, 1],
        ],
    ]
}
