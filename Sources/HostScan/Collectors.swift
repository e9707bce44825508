/// Every collector there is. A new one is a folder of its own and a line here.
enum Collectors {
    /// In the order they run: later ones read facts and ownership that earlier ones found.
    static let databases: [any DatabaseCollector] = [
        OperatingSystemCollector(),
        DpkgCollector(),
        RPMCollector(),
        ApkCollector(),
        PacmanCollector(),
        SnapCollector(),
        FlatpakCollector(),
        NixCollector(),
    ]

    /// All served by one walk of the tree.
    static let files: [any FileCollector] = [
        PythonCollector(),
        NpmCollector(),
        RubyCollector(),
        ComposerCollector(),
        JavaCollector(),
        DotNetCollector(),
        CondaCollector(),
        RCollector(),
        ErlangCollector(),
        LuaCollector(),
        HaskellCollector(),
        JuliaCollector(),
        VcpkgCollector(),
        WordPressCollector(),
        HomebrewCollector(),
        KernelModuleCollector(),
        AppImageCollector(),
        BrowserExtensionCollector(),
        FirefoxExtensionCollector(),
        EditorExtensionCollector(),
        LockFileCollector(),
        // Programs have any name: last, so that files with known names go to their collectors.
        ProgramCollector(),
    ]

    /// The collector that a file is for; `nil` for the many files that are for none.
    static func collector(for name: FileName, in folder: () -> String) -> (any FileCollector)? {
        files.first { $0.wants(name, in: folder) }
    }
}
