import Crypto

/// The bytes of one section under construction, least significant byte first.
///
/// Most of what is appended is four bytes long and comes by the million, so there is always room ahead, filled with zeros: a number is one store.
struct SectionBytes {
    private var storage: [UInt8]
    /// Bytes so far.
    private(set) var count = 0

    /// Starts empty, with room for as many bytes.
    init(capacity: Int = 0) { storage = [UInt8](repeating: 0, count: capacity) }

    /// What was appended so far. Copies it: for what is large there is ``take()``.
    var bytes: [UInt8] { Array(storage[..<count]) }

    /// Hands over what was appended so far, and begins anew.
    mutating func take() -> [UInt8] {
        storage.removeLast(storage.count - count)
        defer { self = SectionBytes() }
        return storage
    }

    /// Begins anew in the same memory.
    mutating func removeAll() { count = 0 }

    /// SHA-256 of what was appended so far.
    var digest: SHA256Digest {
        var hasher = SHA256()
        storage.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        return hasher.finalize()
    }

    /// Appends an integer.
    @inline(__always)
    mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        let size = MemoryLayout<Value>.size
        if storage.count - count < size { grow(by: size) }
        storage.withUnsafeMutableBytes { [count] in
            $0.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
        }
        count += size
    }

    /// Appends a number as its IEEE 754 bits.
    mutating func append(_ value: Double) {
        append(value.bitPattern)
    }

    /// Appends loose bytes.
    mutating func append(bytes more: UnsafeRawBufferPointer) {
        if storage.count - count < more.count { grow(by: more.count) }
        storage.withUnsafeMutableBytes { [count] in
            UnsafeMutableRawBufferPointer(rebasing: $0[count...]).copyMemory(from: more)
        }
        count += more.count
    }

    /// Appends loose bytes.
    mutating func append(bytes more: some Sequence<UInt8>) {
        let isDone: Void? = more.withContiguousStorageIfAvailable { append(bytes: UnsafeRawBufferPointer($0)) }
        if isDone == nil { for byte in more { append(byte) } }
    }

    /// Appends what was appended to another.
    mutating func append(_ more: SectionBytes) {
        more.storage.withUnsafeBytes { append(bytes: UnsafeRawBufferPointer(rebasing: $0[..<more.count])) }
    }

    /// Appends zeros up to a multiple of a number of bytes.
    mutating func pad(to multiple: Int) {
        for _ in 0..<(multiple - count % multiple) % multiple { append(UInt8(0)) }
    }

    /// Makes room for about as many bytes: memory that is not touched costs nothing, but to grow out of it costs a copy.
    mutating func reserve(_ size: Int) { storage.reserveCapacity(size) }

    @inline(never)
    private mutating func grow(by size: Int) {
        let free = storage.capacity - storage.count
        // What was reserved is taken in pieces that stay in the processor's cache until they are written.
        let room = free >= size ? Swift.max(size, Swift.min(free, 1 << 16)) : Swift.max(64, size, storage.count)
        storage.append(contentsOf: repeatElement(0, count: room))
    }
}
