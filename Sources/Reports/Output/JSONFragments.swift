/// Members that objects of a document have in common, by the number of what they belong to: what is said more than once is written once and
/// copied from then on.
struct JSONFragments {
    private var uses: [Int]
    /// Where the members are that were written, by number; empty for those that were not.
    private var places: [Range<Int>]
    private let written = Written()
    private let output: ByteOutput

    /// What was written, in one piece: thousands of small ones would each cost more than their members.
    private final class Written {
        var bytes: [UInt8] = []
    }

    /// Makes one.
    ///
    /// - Parameter numbers: What the members will be asked for, in any order.
    init(_ numbers: some Sequence<Int>) {
        uses = []
        for number in numbers {
            while uses.count <= number { uses.append(0) }
            uses[number] += 1
        }
        places = Array(repeating: 0..<0, count: uses.count)
        output = ByteOutput(capacity: 1024) { [written] in written.bytes.append(contentsOf: $0) }
    }

    /// Writes the members that belong to a number.
    ///
    /// - Parameter write: Writes them; called once at most, unless there are none.
    mutating func write(_ number: Int, to writer: inout JSONWriter, _ write: (inout JSONWriter) -> Void) {
        guard uses[number] > 1 else { return write(&writer) }
        if places[number].isEmpty {
            let start = written.bytes.count
            var own = JSONWriter(to: output)
            write(&own)
            writer.noting { _ in try output.flush() }
            places[number] = start..<written.bytes.count
        }
        written.bytes.withUnsafeBytes { writer.fragment(UnsafeRawBufferPointer(rebasing: $0[places[number]])) }
    }
}
