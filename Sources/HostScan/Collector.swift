/// A kind of package that keeps its own records in known places.
protocol DatabaseCollector: Sendable {
    /// Reads the records. Called once, before the tree is walked, in the order of ``Collectors``.
    ///
    /// - Parameters:
    ///   - root: Where to read; nothing outside may be read.
    ///   - findings: Receives packages, facts and warnings. Broken records become warnings.
    func collect(from root: RootFolder, into findings: inout Findings)
}

/// A kind of package that is recognised by files anywhere in the tree.
protocol FileCollector: Sendable {
    /// Whether a file of that name in that folder describes a package of this kind.
    ///
    /// Called for every file of the tree and of every distribution package: look at `name` first, then ask for `folder`, the
    /// path as seen from inside the root, which may have to be made.
    func wants(_ name: FileName, in folder: () -> String) -> Bool

    /// How wanted files are read.
    var interest: FileInterest { get }

    /// Whether it looks itself at files that belong to distribution packages, and at which.
    var readsOwnedFiles: Bool { get }

    /// Whether distributions install this kind of package in that place themselves, rather than a package from elsewhere.
    ///
    /// Asked for wanted files that a package of a distribution's format owns: at such places the distribution's package is what
    /// counts; elsewhere it is what someone bundled, which no distribution advisory covers.
    ///
    /// - Parameters:
    ///   - path: Of the file, as seen from inside the root; never in `/opt` or `/usr/local`.
    ///   - format: Of the package that owns it.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool

    /// Reads one wanted file.
    ///
    /// - Parameters:
    ///   - file: Open for reading, a regular file when it was looked at; stays open.
    ///   - path: As seen from inside the root.
    ///   - findings: Receives the package or a warning.
    func read(_ file: Descriptor, at path: String, into findings: inout Findings)
}

extension FileCollector {
    var interest: FileInterest { .file }
    var readsOwnedFiles: Bool { false }
}
