#if canImport(Glibc)
import CLinux
import Glibc

/// The memory of a process that lives for milliseconds.
enum Heap {
    private static let hugePage: UInt = 2 << 20
    /// Bytes by which the heap grows, a little more than whole huge pages; a match of a host or of a lock file stays below.
    private static let step: UInt = 4 * hugePage + (256 << 10)

    /// Makes the heap grow in few steps and of huge pages: to be given thousands of small pages one by one costs the kernel more time than
    /// the match takes. Where the kernel has no huge pages nothing changes but the number of steps.
    static func prepare() {
        guard mallopt(M_TOP_PAD, Int32(step)) == 1, mallopt(M_TRIM_THRESHOLD, Int32(8 * step)) == 1,
            // What is larger has pages of its own.
            mallopt(M_MMAP_THRESHOLD, Int32(4 * step)) == 1, let end = sbrk(0)
        else { return }
        let before = UInt(bitPattern: end)
        let start = (before + hugePage - 1) & ~(hugePage - 1)
        // Up to where huge pages can begin the heap is given away, untouched and so without memory. Asking for the size keeps the compiler
        // from leaving out an allocation that nobody uses.
        guard let gap = malloc(Int(start - before) + 1), malloc_usable_size(gap) > 0, let grown = sbrk(0),
            UInt(bitPattern: grown) > start, let first = UnsafeMutableRawPointer(bitPattern: start)
        else { return }
        madvise(first, Int(UInt(bitPattern: grown) - start), MADV_HUGEPAGE)
    }
}
#endif
