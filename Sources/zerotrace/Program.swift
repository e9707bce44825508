import DirectCommands

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where `zerotrace` starts: it does itself what needs an index file and nothing else, and becomes `zerotrace-server` for all the rest.
@main
enum Program {
    static func main() {
        let arguments = CommandLine.arguments
        guard let command = DirectCommand(Array(arguments.dropFirst())) else { Sibling.become(arguments) }
        #if canImport(Glibc)
        if command.isMatch { Heap.prepare() }
        #endif
        do {
            exit(try command.run())
        } catch {
            Terminal.warn("Error: \(error)")
            exit(1)
        }
    }
}
