import PackageIdentity
import Testing

/// The tables of NISTIR 7696.
struct CPERelationTests {
    /// `*`, `-`, `x`, `y`, and patterns, as they stand in a formatted string.
    private func value(_ text: String) throws -> CPEValue { try CPEName("cpe:2.3:a:" + text).vendor }

    @Test(arguments: [
        ("*", "*", CPERelation.equal), ("*", "-", .superset), ("*", "x", .superset), ("*", "x*", .undefined),
        ("-", "*", .subset), ("-", "-", .equal), ("-", "x", .disjoint), ("-", "x*", .undefined),
        ("x", "*", .subset), ("x", "-", .disjoint), ("x", "x", .equal), ("x", "y", .disjoint), ("x", "x*", .undefined),
        ("x*", "*", .subset), ("x*", "-", .disjoint), ("x*", "xy", .superset), ("x*", "yx", .disjoint),
        ("x*", "x*", .undefined),
    ])
    func attributesRelate(_ source: String, _ target: String, _ relation: CPERelation) throws {
        #expect(try value(source).relation(to: value(target)) == relation)
    }

    @Test(arguments: [
        ("1.*", "1.", true), ("1.*", "1.2.3", true), ("1.*", "11", false), ("*.1", "2.1", true), ("*.1", "2.12", false),
        ("*b*", "abc", true), ("*b*", "ac", false), ("sp?", "sp1", true), ("sp?", "sp", true), ("sp?", "sp10", false),
        ("??x", "abx", true), ("??x", "x", true), ("??x", "abcx", false), ("?x?", "axbx", false), ("?x?", "xx", true),
        ("*x?", "xaxb", true), ("???", "ab", true), ("???", "abcd", false),
    ])
    func wildcardsMatch(_ pattern: String, _ text: String, _ matches: Bool) throws {
        #expect(try value(pattern).relation(to: value(text)) == (matches ? .superset : .disjoint))
    }

    @Test(arguments: [
        ("a:v:p:1", "a:v:p:1", CPERelation.equal), ("a:v:p", "a:v:p:1", .superset), ("a:v:p:1", "a:v:p", .subset),
        ("a:v:p:1", "a:v:p:2", .disjoint), ("a:v:p:1:*", "a:v:p:*:sp1", .undefined), ("a:v:p", "o:v:p", .disjoint),
        ("a:v:p:1*", "a:v:p:10:sp1", .superset), ("a:v:p", "a:v:p:1*", .undefined),
        // One disjoint attribute decides, whatever the others say.
        ("a:v:p:1", "a:w:p:1*", .disjoint),
    ])
    func namesRelate(_ source: String, _ target: String, _ relation: CPERelation) throws {
        let (source, target) = (try CPEName("cpe:2.3:" + source), try CPEName("cpe:2.3:" + target))
        #expect(source.relation(to: target) == relation)
        #expect(source.isEqual(to: target) == (relation == .equal))
        #expect(source.isSuperset(of: target) == (relation == .equal || relation == .superset))
        #expect(source.isSubset(of: target) == (relation == .equal || relation == .subset))
        #expect(source.isDisjoint(with: target) == (relation == .disjoint))
    }
}
