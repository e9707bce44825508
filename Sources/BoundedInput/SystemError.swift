#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The system's own words for an `errno`.
enum SystemError {
    /// - Parameter code: A value of `errno`.
    /// - Returns: As `strerror(3)` says it, in the process's locale.
    static func text(_ code: Int32) -> String {
        // strerror_r instead of strerror: the latter may share its buffer between threads.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: base)
        }
    }
}
