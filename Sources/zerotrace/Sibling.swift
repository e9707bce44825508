import DirectCommands

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program with all commands, `zerotrace-server`, which lies beside this one.
enum Sibling {
    /// `EX_UNAVAILABLE` of sysexits(3).
    private static let unavailable: Int32 = 69

    /// Replaces this process; it keeps its id, its streams and the name it was called by.
    ///
    /// - Parameter arguments: The whole command line.
    static func become(_ arguments: [String]) -> Never {
        let path = folder() + "zerotrace-server"
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        execv(path, words)
        Terminal.warn("zerotrace: cannot start \(path), which most commands need: \(String(cString: strerror(errno)))")
        exit(unavailable)
    }

    /// The folder of this very program, wherever it was called from, with its slash; empty when the system does not tell.
    private static func folder() -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        guard length > 0, let slash = path[..<length].lastIndex(of: CChar(UInt8(ascii: "/"))) else { return "" }
        return String(decoding: path[...slash].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
