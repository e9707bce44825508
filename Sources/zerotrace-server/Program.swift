import ArgumentParser
import Dispatch
import Foundation
import Stores

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
        // Where it is not set, the C library asks the disk for /etc/localtime whenever a time is made a local one, and libzip makes two of them for each
        // entry of an archive. It names the same file.
        setenv("TZ", ":/etc/localtime", 0)
        Task.detached {
            // Who is at this command line; the roles that run for long are the system itself.
            let actor = AuditActor(.installation, name: NSUserName())
            await AuditContext.$current.withValue(AuditContext(actor: actor)) { await ZeroTrace.main() }
            exit(0)
        }
        dispatchMain()
    }
}
