// swift-tools-version:6.2
import PackageDescription

// MARK: The house

/// Every target builds in Swift 6 mode with its warnings as errors; dependencies keep their own settings.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// Leaves out of a debug program, as of a release program, what is never called: the unused parts of a library linked in as an archive
/// want libraries of their own.
let discardingUnused = LinkerSetting.unsafeFlags(["-Xlinker", "--gc-sections"], .when(configuration: .debug))

/// Makes a release program start quickly, which is a third of what one that ends after milliseconds takes. Its relocations are written in their
/// short form (glibc 2.36; the linker is the one that Swift brings). `make build` asks for a static program in addition, so that nothing is
/// loaded and looked up beside it; it stays position-independent. That needs `--disable-local-rpath`: glibc does not start a static program
/// that names folders of libraries.
let startingQuickly = LinkerSetting.unsafeFlags(
    ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]
        + (Context.environment["ZEROTRACE_STATIC"] == nil
            ? [] : ["-static-executable", "-Xclang-linker", "-static-pie"]),
    .when(platforms: [.linux], configuration: .release))

/// Makes the agent's release program small, which lies on every machine: nothing is exported from it, equal functions are kept once where
/// nobody compares their addresses, and it has no tables for C++ exceptions, which neither Swift nor BoringSSL throws. 36.5 MB stripped
/// without this, 27.7 with it. Short relocations would save 2 MB more, and shut out systems with a glibc older than 2.36.
let keptSmall = LinkerSetting.unsafeFlags(
    [
        "-use-ld=lld", "-Xlinker", "--icf=safe", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--exclude-libs=ALL",
        "-Xlinker", "--no-eh-frame-hdr", "-Xlinker",
        "-T\(Context.packageDirectory)/Packaging/without-unwind-tables.ld",
    ], .when(platforms: [.linux], configuration: .release))

/// The floor each target stands on (`Docs/architecture.md`); filled by `module(floor:…)`.
nonisolated(unsafe) var floors: [String: Int] = [:]

/// A target of the house. Loading the manifest fails when it would import a target that is not below it.
///
/// - Parameter flags: Static libraries that another target links in as well. Of equal names the package manager keeps the first, and the other target's
///   library, which needs them, would stand behind them.
func module(
    floor: Int, _ name: String, _ dependencies: [String] = [], external: [Target.Dependency] = [],
    resources: [Resource] = [], linking libraries: [String] = [], linkedAgain flags: [String] = []
) -> Target {
    place(name, floor: floor, above: dependencies)
    return .target(
        name: name, dependencies: dependencies.map { .target(name: $0) } + external, exclude: ["README.md"],
        resources: resources, swiftSettings: strict,
        linkerSettings: libraries.map { .linkedLibrary($0) } + (flags.isEmpty ? [] : [.unsafeFlags(flags)])
            + (libraries.isEmpty && flags.isEmpty ? [] : [discardingUnused]))
}

/// A composition root: command line and wiring, nothing else.
func program(
    _ name: String, _ dependencies: [String], external: [Target.Dependency] = [], linking: [LinkerSetting] = []
) -> Target {
    place(name, floor: 7, above: dependencies)
    return .executableTarget(
        name: name, dependencies: dependencies.map { .target(name: $0) } + external, exclude: ["README.md"],
        swiftSettings: strict, linkerSettings: linking)
}

/// The tests of one module, which may use whatever is below it and the module itself.
func tests(_ module: String, _ dependencies: [String] = [], external: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: module + "Tests", dependencies: ([module] + dependencies).map { .target(name: $0) } + external,
        swiftSettings: strict)
}

func place(_ name: String, floor: Int, above dependencies: [String]) {
    floors[name] = floor
    for dependency in dependencies {
        // System libraries and C shims (`C…`) stand on no floor.
        guard let below = floors[dependency] else {
            precondition(dependency.hasPrefix("C"), "\(name) imports \(dependency), which stands on no floor below it")
            continue
        }
        precondition(below < floor, "\(name) on floor \(floor) must not import \(dependency) on floor \(below)")
    }
}

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

// MARK: Libraries of others

let argumentParser = product("ArgumentParser", "swift-argument-parser")
let crypto = product("Crypto", "swift-crypto")
let cryptoExtras = product("CryptoExtras", "swift-crypto")
let grdb = product("GRDB", "GRDB.swift")
let httpClient = product("AsyncHTTPClient", "async-http-client")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let logging = product("Logging", "swift-log")
let metrics = product("Metrics", "swift-metrics")
let nioCore = product("NIOCore", "swift-nio")
let nioHTTP1 = product("NIOHTTP1", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
let nioSSL = product("NIOSSL", "swift-nio-ssl")
let subprocess = product("Subprocess", "swift-subprocess")

let httpServer = [
    product("Hummingbird", "hummingbird"),
    product("HummingbirdCore", "hummingbird"),
    product("HTTPTypes", "swift-http-types"),
    product("NIOWebSocket", "swift-nio"),
    product("NIOHTTPTypes", "swift-nio-extras"),
    product("NIOHTTPTypesHTTP1", "swift-nio-extras"),
    product("JWTKit", "jwt-kit"),
    nioCore, nioHTTP1, nioPosix,
]

let package = Package(
    name: "ZeroTrace",
    products: [
        .executable(name: "zerotrace", targets: ["zerotrace"]),
        .executable(name: "zerotrace-server", targets: ["zerotrace-server"]),
        .executable(name: "zerotrace-agent", targets: ["zerotrace-agent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CPq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        module(floor: 0, "PackageIdentity"),
        module(floor: 0, "Scoring"),
        module(floor: 0, "BoundedInput", ["CZlib"]),
        module(floor: 0, "JSONDocuments"),
        // Linked in: as a shared object libarchive brings XML, ICU and ACL libraries that are never called, and with them a third of the
        // time that a program takes to start.
        module(
            floor: 0, "Archives", ["CArchive"],
            linking: ["archive", "nettle", "zstd", "lzma", "bz2", "z"].map { ":lib\($0).a" }),
        module(
            floor: 0, "PackedStreams", ["CZlib", "CZstd", "CLzma"],
            linkedAgain: ["-Xlinker", "-l:libzstd.a", "-Xlinker", "-l:liblzma.a"]),
        module(floor: 0, "ZipGroups", ["CZip"]),
        module(floor: 0, "SeededRandom"),
        module(floor: 0, "ZipTesting"),
        module(floor: 0, "LoopbackTesting", external: [nioCore, nioHTTP1, nioPosix]),
        module(floor: 0, "DataServersTesting"),
        module(floor: 0, "PostgreSQL", ["CPq"]),
        module(floor: 0, "PostgresTesting"),
        module(floor: 0, "Settings"),
        module(floor: 0, "CircuitBreaking"),
        module(floor: 0, "DeploymentKits"),
        module(floor: 0, "ConformanceTesting"),
        module(floor: 0, "MailTesting"),

        module(floor: 1, "Versioning", ["PackageIdentity"]),
        module(floor: 1, "Mail", ["Settings", "CCurl"]),
        module(floor: 1, "PipelinedConnections", ["Settings"], external: [nioCore, nioPosix, nioSSL]),

        module(
            floor: 2, "Advisories", ["PackageIdentity", "Scoring", "Versioning", "JSONDocuments", "Archives"],
            external: [crypto]),
        module(floor: 2, "Inventory", ["PackageIdentity"], external: [crypto]),

        module(floor: 2, "RedisClient", ["Settings", "PipelinedConnections"], external: [crypto, nioCore]),
        module(floor: 2, "MemcachedClient", ["Settings", "PipelinedConnections"], external: [nioCore]),
        module(floor: 2, "ProductIdentity", ["PackageIdentity", "JSONDocuments"]),
        module(
            floor: 3, "Matching", ["PackageIdentity", "Scoring", "Versioning", "Advisories"], external: [crypto]),
        module(
            floor: 3, "HostScan",
            ["PackageIdentity", "Inventory", "BoundedInput", "JSONDocuments", "PackedStreams"]),
        module(
            floor: 3, "SBOM", ["PackageIdentity", "Inventory", "JSONDocuments", "CExpat"], linking: [":libexpat.a"]),
        module(floor: 3, "Wire", ["PackageIdentity", "Inventory"], external: [crypto]),
        module(floor: 3, "Governor", ["BoundedInput", "Inventory", "CLinux"]),

        module(
            floor: 4, "AgentKit",
            ["PackageIdentity", "Inventory", "Governor", "HostScan", "Wire", "BoundedInput", "Settings", "CLinux"],
            external: [crypto, logging, lifecycle, httpClient, nioCore, nioHTTP1, nioSSL]),
        module(
            floor: 4, "AgentInstallation", ["BoundedInput"],
            resources: [.embedInCode("Resources/zerotrace-agent.service")]),
        module(
            floor: 4, "Reports",
            ["PackageIdentity", "Scoring", "Versioning", "JSONDocuments", "Advisories", "Inventory", "Matching"]),
        module(
            floor: 4, "Stores", ["PackageIdentity", "Scoring", "Inventory", "Matching"], external: [crypto]),
        module(floor: 4, "Verdicts", ["PackageIdentity", "Scoring", "Matching"]),
        module(floor: 4, "Telemetry", external: [logging, metrics]),

        module(floor: 5, "JobQueue", ["Stores"]),
        module(floor: 5, "Caching", ["CircuitBreaking", "Stores"]),
        module(floor: 5, "Events", ["Stores"]),
        module(
            floor: 5, "StoresTesting",
            ["ConformanceTesting", "PackageIdentity", "Scoring", "Inventory", "Matching", "Stores"]),
        module(
            floor: 5, "SQLiteStore", ["PackageIdentity", "Scoring", "BoundedInput", "Inventory", "Matching", "Stores"],
            external: [grdb], resources: [.embedInCode("Migrations")]),
        module(
            floor: 5, "PostgresStore",
            [
                "PackageIdentity", "Scoring", "BoundedInput", "Inventory", "Matching", "Stores", "Settings",
                "PostgreSQL",
            ], external: [metrics],
            resources: [.embedInCode("Migrations")]),
        module(
            floor: 5, "Enrichment",
            [
                "PackageIdentity", "Scoring", "Versioning", "Advisories", "Matching", "Archives", "JSONDocuments",
                "Verdicts", "BoundedInput", "CLinux", "ZipGroups",
            ],
            external: [crypto, logging, lifecycle, httpClient, nioCore, nioHTTP1, subprocess]),

        module(
            floor: 5, "VerdictClient", ["CircuitBreaking", "PackageIdentity", "Matching", "Verdicts"],
            external: [logging, metrics, lifecycle, httpClient, nioCore, nioHTTP1, nioSSL]),

        module(
            floor: 5, "DirectCommands",
            [
                "PackageIdentity", "Scoring", "Versioning", "BoundedInput", "Inventory", "Advisories",
                "ProductIdentity",
                "Matching", "HostScan", "SBOM", "Reports",
            ]),

        module(
            floor: 5, "LoadTest",
            ["PackageIdentity", "SeededRandom", "Inventory", "Matching", "Wire", "BoundedInput", "AgentKit"],
            external: [crypto, httpClient, nioCore, nioHTTP1, nioPosix, nioSSL, product("NIOWebSocket", "swift-nio")]),

        module(
            floor: 5, "Notifications", ["BoundedInput", "Mail", "Scoring", "Stores"],
            external: [crypto, logging, metrics, lifecycle, httpClient, nioCore, nioHTTP1, nioPosix]),

        module(
            floor: 6, "BackendTesting", ["PostgreSQL", "PostgresStore", "PostgresTesting", "SQLiteStore", "Stores"]),
        module(floor: 6, "JobQueueTesting", ["ConformanceTesting", "Stores", "JobQueue"]),
        module(floor: 6, "EventsTesting", ["ConformanceTesting", "Stores", "Events"]),
        module(
            floor: 6, "RedisJobQueue", ["Stores", "RedisClient", "JobQueue"], external: [lifecycle],
            resources: [.embedInCode("Scripts")]),
        module(floor: 6, "RedisEventBus", ["Stores", "RedisClient", "Events"], external: [lifecycle]),
        module(
            floor: 6, "RemoteCaching", ["Stores", "RedisClient", "MemcachedClient", "Caching"], external: [crypto]),
        module(floor: 6, "Upkeep", ["Telemetry", "JobQueue", "Caching"], external: [logging, metrics, lifecycle]),
        module(
            floor: 6, "Processor",
            ["PackageIdentity", "Inventory", "Matching", "Stores", "Verdicts", "JobQueue", "Events"],
            external: [logging, metrics, lifecycle]),
        module(
            floor: 6, "Gateway",
            [
                "PackageIdentity", "Scoring", "Inventory", "Matching", "Wire", "Stores", "Verdicts", "JobQueue",
                "Caching", "CircuitBreaking", "Events", "Telemetry", "Reports", "BoundedInput", "JSONDocuments",
                "RedisClient", "Notifications",
            ],
            external: [crypto, cryptoExtras, logging, metrics, lifecycle, httpClient] + httpServer,
            resources: [.embedInCode("Resources")]),

        module(
            floor: 6, "VerdictServer",
            [
                "PackageIdentity", "Scoring", "Versioning", "Advisories", "Matching", "Verdicts", "JSONDocuments",
                "Telemetry",
            ],
            external: [logging, metrics, lifecycle, nioCore, nioHTTP1, nioPosix], resources: [.embedInCode("Resources")]
        ),

        program("zerotrace", ["DirectCommands", "CLinux"], linking: [startingQuickly]),
        program(
            "zerotrace-server",
            [
                "PackageIdentity", "Scoring", "Versioning", "Advisories", "Inventory", "SBOM", "Matching", "Reports",
                "LoadTest", "Settings", "Stores", "SQLiteStore", "PostgresStore", "Verdicts", "JobQueue", "Events",
                "Caching", "RedisClient", "MemcachedClient", "RedisJobQueue", "RedisEventBus", "RemoteCaching",
                "Telemetry", "Enrichment", "VerdictClient", "Mail", "Notifications", "Processor", "Upkeep", "Gateway",
                "VerdictServer", "DirectCommands", "BoundedInput", "DeploymentKits",
            ], external: [argumentParser, crypto, logging, metrics, lifecycle, product("Hummingbird", "hummingbird")]),
        program(
            "zerotrace-agent",
            ["PackageIdentity", "Inventory", "Governor", "HostScan", "AgentKit", "AgentInstallation"],
            external: [argumentParser, logging, lifecycle], linking: [keptSmall]),
        // For `Benchmarks/engine.py`; nobody installs it.
        program("zerotrace-bench", ["PackageIdentity", "Matching", "SeededRandom"]),
        // For `Benchmarks/scale.py`.
        program(
            "zerotrace-fleet",
            [
                "PackageIdentity", "BoundedInput", "Inventory", "Matching", "SeededRandom", "Stores", "Verdicts",
                "PostgresStore",
            ]),

        tests("PackageIdentity", ["SeededRandom"]),
        tests("ProductIdentity", ["PackageIdentity"]),
        tests("Scoring", ["SeededRandom"]),
        tests("BoundedInput", ["SeededRandom"]),
        tests("Settings"),
        tests("CircuitBreaking"),
        tests("Mail", ["MailTesting", "Settings"]),
        tests("JSONDocuments"),
        tests("Archives", ["ZipTesting"]),
        tests("ZipGroups", ["ZipTesting"]),
        tests("Versioning", ["SeededRandom"]),
        tests("Advisories", ["Archives", "JSONDocuments", "Scoring", "SeededRandom", "Versioning", "ZipTesting"]),
        tests("Inventory", ["PackageIdentity", "SeededRandom"]),
        tests("Matching", ["Advisories", "PackageIdentity", "Scoring", "SeededRandom", "Versioning"]),
        tests("PackedStreams", ["SeededRandom"]),
        tests("HostScan", ["BoundedInput", "Inventory", "PackageIdentity", "SeededRandom"]),
        tests("Governor", ["Inventory"]),
        tests("SBOM", ["Inventory", "JSONDocuments", "PackageIdentity", "SeededRandom"]),
        tests("Wire", ["Inventory", "PackageIdentity"], external: [crypto]),
        tests(
            "Reports",
            [
                "Advisories", "Inventory", "JSONDocuments", "Matching", "PackageIdentity", "SBOM", "Scoring",
                "SeededRandom", "Versioning",
            ]),
        tests(
            "AgentKit", ["BoundedInput", "HostScan", "Inventory", "LoopbackTesting", "PackageIdentity", "Wire"],
            external: [crypto, logging, httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
        tests("AgentInstallation"),
        tests("DeploymentKits", ["AgentKit"]),
        tests(
            "Enrichment",
            [
                "Advisories", "Archives", "BoundedInput", "JSONDocuments", "LoopbackTesting", "Matching",
                "PackageIdentity", "SeededRandom", "Verdicts",
            ],
            external: [crypto, nioCore, nioHTTP1, nioPosix]),
        tests(
            "Processor",
            [
                "Events", "Inventory", "JobQueue", "Matching", "PackageIdentity", "SQLiteStore", "Scoring", "Stores",
                "Verdicts",
            ], external: [logging]),
        tests(
            "VerdictServer",
            [
                "Advisories", "JSONDocuments", "Matching", "PackageIdentity", "Scoring", "Telemetry", "Verdicts",
            ],
            external: [
                lifecycle, logging, nioCore, nioHTTP1, nioPosix, product("NIOEmbedded", "swift-nio"),
            ]),
        tests(
            "VerdictClient",
            [
                "Advisories", "Matching", "PackageIdentity", "Scoring", "SeededRandom", "Telemetry", "VerdictServer",
                "Verdicts",
            ], external: [lifecycle, logging, nioCore, nioPosix]),
        tests("DirectCommands", ["PackageIdentity", "Reports", "SBOM", "Scoring", "Versioning"]),
        tests("LoadTest", ["Advisories", "Inventory", "Matching", "PackageIdentity", "SeededRandom"]),
        tests("Telemetry", external: [logging, metrics]),
        // No module's own: whether all of it together judges right.
        .testTarget(
            name: "AccuracyTests", dependencies: ["Advisories", "JSONDocuments", "Matching", "PackageIdentity"],
            exclude: ["Corpus", "README.md"], swiftSettings: strict),
        tests(
            "RedisClient", ["Settings", "PipelinedConnections", "DataServersTesting", "SeededRandom"],
            external: [nioCore]),
        tests(
            "MemcachedClient", ["Settings", "PipelinedConnections", "DataServersTesting", "SeededRandom"],
            external: [nioCore]),
        tests(
            "RedisJobQueue",
            [
                "Stores", "JobQueue", "JobQueueTesting", "Settings", "PipelinedConnections", "RedisClient",
                "DataServersTesting",
            ]),
        tests(
            "RedisEventBus",
            [
                "Stores", "Events", "EventsTesting", "Settings", "PipelinedConnections", "RedisClient",
                "DataServersTesting",
            ]),
        tests(
            "RemoteCaching",
            [
                "Stores", "Caching", "Settings", "PipelinedConnections", "RedisClient", "MemcachedClient",
                "DataServersTesting",
            ]),
        tests(
            "Notifications",
            [
                "BackendTesting", "BoundedInput", "Inventory", "LoopbackTesting", "Mail", "MailTesting", "Matching",
                "PackageIdentity", "Scoring", "Stores",
            ], external: [crypto, logging, nioCore, nioHTTP1, nioPosix]),
        tests("Upkeep", ["Stores", "Telemetry", "JobQueue", "Caching"], external: [logging, metrics]),
        tests("Stores", ["Inventory"]),
        tests("JobQueue", ["Stores", "JobQueueTesting"]),
        tests("Caching", ["Stores"]),
        tests("Events", ["Stores"]),
        tests(
            "SQLiteStore", ["Inventory", "Matching", "PackageIdentity", "Scoring", "Stores", "StoresTesting"],
            external: [grdb]),
        tests("PostgreSQL", ["DataServersTesting", "PostgresTesting"]),
        tests(
            "PostgresStore",
            [
                "Inventory", "Matching", "PackageIdentity", "PostgreSQL", "PostgresTesting", "Scoring", "Stores",
                "StoresTesting",
            ]),
        tests(
            "Gateway",
            [
                "Advisories", "BackendTesting", "BoundedInput", "Caching", "DataServersTesting", "Events", "Inventory",
                "JobQueue", "Matching", "Notifications", "PackageIdentity", "RedisClient", "Scoring", "Settings",
                "Stores",
                "Telemetry", "Verdicts", "Wire",
            ],
            external: httpServer + [
                crypto, httpClient, lifecycle, logging, product("HummingbirdTesting", "hummingbird"),
                product("NIOEmbedded", "swift-nio"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// The fuzzer needs every module of the house built with its counters, so it exists only when asked for (Scripts/fuzz.sh). Libraries of
// others go without: their edges would only slow down every run.
if Context.environment["ZEROTRACE_FUZZ"] != nil {
    let counters = ["-sanitize=fuzzer"]
    for target in package.targets where target.type == .regular {
        target.swiftSettings?.append(.unsafeFlags(counters))
    }
    package.products.append(.executable(name: "zerotrace-fuzz", targets: ["zerotrace-fuzz"]))
    package.targets.append(
        .executableTarget(
            name: "zerotrace-fuzz",
            dependencies: [
                "Advisories", "AgentKit", "Archives", "BoundedInput", "Enrichment", "Events", "Gateway", "HostScan",
                "Inventory", "JSONDocuments", "JobQueue", "LoopbackTesting", "Matching", "MemcachedClient",
                "PackageIdentity", "PipelinedConnections", "PostgreSQL", "ProductIdentity", "RedisClient",
                "RedisEventBus", "RedisJobQueue", "Reports", "SBOM", "SQLiteStore", "Scoring", "SeededRandom",
                "Settings", "Stores", "Telemetry", "VerdictServer", "Verdicts", "Versioning", "Wire", "ZipGroups",
            ] + [crypto, httpClient, logging, nioCore],
            path: "Fuzzing", exclude: ["README.md", "Seeds", "Dictionaries", "draw_seeds.py", "mutate_feeds.py"],
            swiftSettings: strict + [.unsafeFlags(counters + ["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(counters)]))
}
