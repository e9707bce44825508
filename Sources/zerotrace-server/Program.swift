import ArgumentParser
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the process starts: commands run on the threads of concurrency, and the first one waits.
@main
enum Program {
    static func main() {
        Task.detached {
            await ZeroTrace.main()
            exit(0)
        }
        dispatchMain()
    }
}
