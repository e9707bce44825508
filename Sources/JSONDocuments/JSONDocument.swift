/// A copy of a document's text, in which strings lose their escapes, and what stands where in it. Shared by a parser and the values of its last
/// document; the memory is kept from document to document.
///
/// The scanner proves every place before it becomes an entry, so reading needs no further check of bounds.
final class JSONDocument {
    // Both change in `read` alone, during which nobody has a value. The check that nobody reads meanwhile would cost as much as most reads.
    @exclusivity(unchecked) private(set) var text: UnsafeMutableBufferPointer<UInt8>
    @exclusivity(unchecked) private(set) var entries = JSONEntryList()

    init() {
        text = .allocate(capacity: 0)
    }

    deinit {
        text.deallocate()
        entries.deallocate()
    }

    /// Reads a document; the values of the one before are gone.
    ///
    /// - Parameter bytes: Fewer than 2³² - 1 of them.
    func read(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int) throws(JSONDocumentError) {
        let size = bytes.count + JSONScanner.padding
        if text.count < size { grow(to: size) }
        UnsafeMutableRawBufferPointer(text).copyBytes(from: bytes)
        UnsafeMutableBufferPointer(rebasing: text[bytes.count..<size]).update(repeating: 0)
        entries.removeAll(expecting: bytes.count / 8)
        var scanner = JSONScanner(
            text: UnsafeMutableBufferPointer(rebasing: text[..<size]), entries: entries, maximumDepth: maximumDepth)
        // The list may have moved while it grew, also when the document is refused.
        defer { entries = scanner.entries }
        try scanner.scan()
    }

    /// By powers of two, so that a feed of slowly growing records does not allocate for each.
    private func grow(to size: Int) {
        var capacity = 4096
        while capacity < size { capacity *= 2 }
        text.deallocate()
        text = .allocate(capacity: capacity)
    }

    /// A string or number as it stands in the text.
    @inline(__always)
    func bytes(of entry: JSONEntry) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[Int(entry.start)..<Int(entry.start) + Int(entry.count)])
    }

    /// The place of the value of an object's first member of that name.
    func member(_ name: UnsafeBufferPointer<UInt8>, of object: UInt32) -> UInt32? {
        var place = object + 1
        let end = entries[object].end
        while place < end {
            if bytes(of: entries[place]).isEqual(to: name) { return place + 1 }
            place = entries[place + 1].end
        }
        return nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are the same. Names differ mostly in their length or their first byte, where comparing memory is not worth a call.
    @inline(__always)
    func isEqual(to other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard let first, first == other[0] else { return isEmpty }
        return elementsEqual(other)
    }
}
