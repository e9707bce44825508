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

    private let prefix: StaticString
    private let suffix: StaticString
    /// Throws what becomes the file's warning.
    let read: Reader

    private init(_ name: StaticString, _ read: @escaping Reader) {
        prefix = name
        suffix = ""
        self.read = read
    }

    private init(prefix: StaticString, _ suffix: StaticString, _ read: @escaping Reader) {
        self.prefix = prefix
        self.suffix = suffix
        self.read = read
    }

    static func format(of name: FileName) -> LockFileFormat? {
        all.first { format in
            format.suffix.utf8CodeUnitCount == 0
                ? name.equals(format.prefix) : name.hasPrefix(format.prefix) && name.hasSuffix(format.suffix)
        }
    }
}
