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
        Task.detached {
            // Who is at this command line; the roles that run for long are the system itself.
            let actor = AuditActor(.installation, name: NSUserName())
            await AuditContext.$current.withValue(AuditContext(actor: actor)) { await ZeroTrace.main() }
            exit(0)
        }
        dispatchMain()
    }
}
