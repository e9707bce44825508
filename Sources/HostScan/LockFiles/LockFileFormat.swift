/// A kind of lock file: how it is named and how it is read.
struct LockFileFormat: Sendable {
    /// Every format there is. A new one is a reader in this folder and a line here.
    ///
    /// `go.sum` is none: it also lists modules that lost to a later version. Nor is `vcpkg.json`, which names no exact versions.
    private static let all: [LockFileFormat] = [
        LockFileFormat("package-lock.json", NpmLock.read), LockFileFormat("npm-shrinkwrap.json", NpmLock.read),
        LockFileFormat("yarn.lock", YarnLock.read), LockFileFormat("pnpm-lock.yaml", PnpmLock.read),
        LockFileFormat("bun.lock", BunLock.read),
        LockFileFormat(prefix: "requirements", ".txt", Requirements.read),
        LockFileFormat("Pipfile.lock", PipfileLock.read), LockFileFormat("poetry.lock", PythonLock.read),
        LockFileFormat("pdm.lock", PythonLock.read), LockFileFormat("uv.lock", PythonLock.read),
        LockFileFormat("pylock.toml", PythonLock.read), LockFileFormat("Cargo.lock", CargoLock.read),
        LockFileFormat("Gemfile.lock", GemfileLock.read), LockFileFormat("gems.locked", GemfileLock.read),
        LockFileFormat("composer.lock", ComposerLock.read), LockFileFormat("go.mod", GoModules.read),
        LockFileFormat("packages.lock.json", NuGetLock.read), LockFileFormat("pubspec.lock", PubspecLock.read),
        LockFileFormat("mix.lock", MixLock.read), LockFileFormat("Package.resolved", SwiftPackages.read),
        LockFileFormat("Podfile.lock", PodfileLock.read), LockFileFormat("conan.lock", ConanLock.read),
        LockFileFormat("renv.lock", RenvLock.read), LockFileFormat("gradle.lockfile", GradleLock.read),
        LockFileFormat("buildscript-gradle.lockfile", GradleLock.read),
        LockFileFormat("pom.xml", MavenProject.read), LockFileFormat("Manifest.toml", JuliaManifest.read),
        LockFileFormat("stack.yaml.lock", StackLock.read), LockFileFormat("cabal.project.freeze", CabalFreeze.read),
    ]

    /// Of a whole file.
    typealias Reader = @Sendable ([UInt8]) throws -> [DeclaredPackage]

    /// Which files are of the format.
    private struct Pattern {
        let prefix: StaticString
        /// Empty where the prefix is the whole name.
        let suffix: StaticString

        func matches(_ name: FileName) -> Bool {
            suffix.utf8CodeUnitCount == 0 ? name.equals(prefix) : name.hasPrefix(prefix) && name.hasSuffix(suffix)
        }
    }

    private let pattern: Pattern
    /// Throws what becomes the file's warning.
    let read: Reader

    private init(_ name: StaticString, _ read: @escaping Reader) {
        self.init(prefix: name, "", read)
    }

    private init(prefix: StaticString, _ suffix: StaticString, _ read: @escaping Reader) {
        pattern = Pattern(prefix: prefix, suffix: suffix)
        self.read = read
    }

    /// Apart from the readers, because every file of a host is held against them.
    private static let patterns = all.map(\.pattern)

    static func format(of name: FileName) -> LockFileFormat? {
        patterns.firstIndex { $0.matches(name) }.map { all[$0] }
    }
}
