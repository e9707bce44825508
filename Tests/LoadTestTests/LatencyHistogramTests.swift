import SeededRandom
import Testing

@testable import LoadTest

struct LatencyHistogramTests {
    @Test(arguments: [0.5, 0.95, 0.99, 1])
    func percentilesAreRightWithinTheWidthOfABucket(share: Double) {
        var generator = SplitMix(seed: 7)
        // From a microsecond to an hour, as many in each power of ten.
        let values = (0..<20_000).map { _ in
            Int(Double.random(in: 1...10, using: &generator) * [1, 1e3, 1e5, 1e8].randomElement(using: &generator)!)
        }
        var histogram = LatencyHistogram()
        for value in values { histogram.record(microseconds: value) }
        let exact = values.sorted()[Int((share * 20_000).rounded(.up)) - 1]
        let found = histogram.percentile(share)
        #expect(found >= exact)
        #expect(Double(found) <= Double(exact) * 1.016 + 1)
    }

    @Test func everyValueHasABucketThatHoldsIt() {
        for value in Array(0..<5_000) + (12..<40).flatMap({ [1 << $0 - 1, 1 << $0, 1 << $0 + 1] }) {
            var histogram = LatencyHistogram()
            histogram.record(microseconds: value)
            #expect(histogram.percentile(0.5) == value)
        }
    }

    @Test func nothingRecordedAndImpossibleValuesAreNoLatencies() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.99) == 0)
        histogram.record(.seconds(-3))
        histogram.record(.milliseconds(1500))
        #expect(histogram.count == 2)
        #expect(histogram.percentile(0.5) == 0)
        #expect(histogram.maximum == 1_500_000)
    }
}
