/// Members that objects of a document have in common, by the number of what they belong to: what is said more than once is written once and
/// copied from then on.
struct JSONFragments {
    private var uses: [Int]
    private var known: [[UInt8]]

    /// Makes one.
    ///
    /// - Parameter numbers: What the members will be asked for, in any order.
    init(_ numbers: some Sequence<Int>) {
        uses = []
        for number in numbers {
            while uses.count <= number { uses.append(0) }
            uses[number] += 1
        }
        known = Array(repeating: [], count: uses.count)
    }

    /// Writes the members that belong to a number.
    ///
    /// - Parameter write: Writes them; called once at most, unless there are none.
    mutating func write(_ number: Int, to writer: inout JSONWriter, _ write: (inout JSONWriter) -> Void) {
        guard uses[number] > 1 else { return write(&writer) }
        if known[number].isEmpty { known[number] = Self.bytes(write) }
        writer.fragment(known[number])
    }

    private static func bytes(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        let output = ByteOutput(capacity: 1024) { bytes.append(contentsOf: $0) }
        var writer = JSONWriter(to: output)
        write(&writer)
        // Arrays take everything: there is nothing to fail.
        try? output.flush()
        return bytes
    }
}
