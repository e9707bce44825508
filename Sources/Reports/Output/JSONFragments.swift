/// Members that many objects of a document have in common, each written once and copied from then on.
final class JSONFragments {
    private var known: [ObjectIdentifier: [UInt8]] = [:]
    private var bytes: [UInt8] = []
    private lazy var output = ByteOutput(capacity: 4096) { [unowned self] in bytes.append(contentsOf: $0) }

    /// The members that belong to an object; `write` is called the first time.
    ///
    /// - Parameter object: Must live as long as this does, since it is known by its address.
    func members(of object: AnyObject, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
        if let members = known[ObjectIdentifier(object)] { return members }
        bytes.removeAll(keepingCapacity: true)
        var writer = JSONWriter(to: output)
        write(&writer)
        // Arrays take everything: there is nothing to fail.
        try? output.flush()
        let members = bytes
        known[ObjectIdentifier(object)] = members
        return members
    }
}
