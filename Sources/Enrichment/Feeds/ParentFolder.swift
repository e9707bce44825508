extension String {
    /// The folder that a path lies in: empty for a name alone, which lies in the working folder, and `/` at the top.
    ///
    /// Foundation's `deletingLastPathComponent` ends the process on a relative path of one character (Foundation of Swift 6.3 on Linux).
    var parentFolder: String {
        var path = utf8[...]
        while path.count > 1, path.last == UInt8(ascii: "/") { path = path.dropLast() }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        var parent = path[..<slash]
        while parent.last == UInt8(ascii: "/") { parent = parent.dropLast() }
        return parent.isEmpty ? "/" : String(Substring(parent))
    }
}
