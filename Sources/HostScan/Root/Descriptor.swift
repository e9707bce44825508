import Glibc

/// An open file or folder, closed with its last reference.
final class Descriptor {
    let number: Int32

    /// Takes over an open descriptor.
    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// The file's kind bits (`S_IFREG`, …); `nil` when the system does not say.
    var kind: mode_t? {
        var facts = stat()
        return fstat(number, &facts) == 0 ? facts.st_mode & S_IFMT : nil
    }
}
