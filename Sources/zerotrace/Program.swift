import ArgumentParser
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the process starts.
///
/// Commands that run in CI by the thousand take no detour: building the whole tree of commands, and threads for concurrency that they do not
/// use, cost as much as matching a small bill.
@main
enum Program {
    /// Commands without subcommands of their own that run on the thread they are started on.
    private static let plain: [any ParsableCommand.Type] = [
        MatchCommand.self, ScanCommand.self, VersionCompareCommand.self, CVSSCommand.self,
    ]

    static func main() {
        if var command = plainCommand() {
            do { try command.run() } catch { ZeroTrace.exit(withError: error) }
            return
        }
        Task.detached {
            await ZeroTrace.main()
            exit(0)
        }
        dispatchMain()
    }

    /// The command that the first argument names; `nil` when it is none of ``plain``, and for all that the whole tree must answer: help,
    /// completions and wrong usage.
    private static func plainCommand() -> (any ParsableCommand)? {
        let arguments = CommandLine.arguments.dropFirst()
        guard let type = plain.first(where: { $0.configuration.commandName == arguments.first }),
            let command = try? type.parseAsRoot(Array(arguments.dropFirst())), Swift.type(of: command) == type
        else { return nil }
        return command
    }
}
