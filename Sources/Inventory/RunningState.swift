import Crypto
import PackageIdentity

/// What of a host's packages is in use: what its kernel, its processes and its open ports say beside the inventory.
///
/// It changes more often than packages do, so it is no part of an ``Inventory``. It names no process, no user, no argument and no address, and is the
/// same for the same state: lists ascend and repeat nothing.
public struct RunningState: Sendable, Hashable, Codable {
    /// The kernel that runs, beside the ones that are installed.
    public struct Kernel: Sendable, Hashable, Codable {
        /// `uname -r`, "6.1.0-18-amd64".
        public var release: String
        /// What would run after a restart, where that is something newer: a release, or the version of the package when the release stays the same.
        public var newer: String?

        /// Makes one from its parts.
        public init(release: String, newer: String? = nil) {
            self.release = release
            self.newer = newer
        }
    }

    /// A program that runs from files which are not there any more: they were replaced or removed since it started.
    public struct Restart: Sendable, Hashable, Codable {
        /// Unit of systemd, "nginx.service", without its instance ("ssh@.service"); `nil` for what belongs to none.
        public var service: String?
        /// Name of the program's file, "nginx".
        public var program: String
        /// Packages that have these files now, as package URLs; empty when no package has any of them.
        public var packages: [String]
        /// Names of the files, without their folders; at most ``RunningState/maximumFiles``.
        public var files: [String]

        /// Makes one from its parts.
        public init(service: String?, program: String, packages: [String], files: [String]) {
            self.service = service
            self.program = program
            self.packages = packages
            self.files = files
        }
    }

    /// From where a port can be reached. Later ones include earlier ones.
    public enum Reach: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        /// This machine alone.
        case loopback
        /// One of its addresses.
        case address
        /// All of its addresses.
        case any

        /// Whether the left one reaches less.
        public static func < (lhs: Reach, rhs: Reach) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int { self == .loopback ? 0 : self == .address ? 1 : 2 }
    }

    /// A port at which a program waits for others.
    public struct Listener: Sendable, Hashable, Codable {
        /// "tcp" or "udp".
        public var transport: String
        /// 1 to 65535.
        public var port: Int
        /// From where it can be reached.
        public var reach: Reach
        /// As ``Restart/service``.
        public var service: String?
        /// Name of the program's file; `nil` when it is not known whose port it is.
        public var program: String?
        /// Package URL of what the program belongs to; `nil` when no package has it.
        public var package: String?

        /// Makes one from its parts.
        public init(
            transport: String, port: Int, reach: Reach, service: String? = nil, program: String? = nil,
            package: String? = nil
        ) {
            self.transport = transport
            self.port = port
            self.reach = reach
            self.service = service
            self.program = program
            self.package = package
        }
    }

    /// The kernel; `nil` when it is not known.
    public var kernel: Kernel?

    /// Why the machine is to be restarted: "kernel" (a newer one is installed), "requested" (the system says so). Empty when it need not be. May grow.
    public var rebootReasons: [String]

    /// Names of the packages that asked for it, where the system keeps them.
    public var rebootPackages: [String]

    /// Programs that are to be restarted, at most ``maximumEntries``.
    public var restarts: [Restart]

    /// Open ports, at most ``maximumEntries``.
    public var listeners: [Listener]

    /// Package URLs of what runs and takes no connections from other machines: programs, the libraries in them, the kernel.
    public var running: [String]

    /// Package URLs of what runs in a program that takes connections from other machines; none of ``running``.
    public var listening: [String]

    /// What could not be seen, so that its absence says nothing: words of ``Gap``. May grow.
    public var gaps: [String]

    /// Most entries of each list but those of packages.
    public static let maximumEntries = 256

    /// Most names of files of one program.
    public static let maximumFiles = 16

    /// Most packages of ``running`` and ``listening`` together.
    public static let maximumPackages = 2_000

    /// Most bytes of one text: a package URL may have more, and is left out then.
    public static let maximumText = 512

    private enum CodingKeys: String, CodingKey {
        case kernel, restarts, listeners, running, listening, gaps
        case rebootReasons = "reboot_reasons"
        case rebootPackages = "reboot_packages"
    }

    /// Makes one from its parts.
    public init(
        kernel: Kernel? = nil, rebootReasons: [String] = [], rebootPackages: [String] = [], restarts: [Restart] = [],
        listeners: [Listener] = [], running: [String] = [], listening: [String] = [], gaps: [String] = []
    ) {
        self.kernel = kernel
        self.rebootReasons = rebootReasons
        self.rebootPackages = rebootPackages
        self.restarts = restarts
        self.listeners = listeners
        self.running = running
        self.listening = listening
        self.gaps = gaps
    }

    /// SHA-256 over all of it: two states with the same are the same.
    public var digest: RunningDigest {
        var hash = SHA256()
        func add(_ texts: [String?]) {
            // Each with its length before it, so that no two lists of texts are one text.
            for text in texts { hash.update(data: Array("\(text?.utf8.count ?? -1) \(text ?? "")".utf8)) }
            hash.update(data: Array(";".utf8))
        }
        add([kernel?.release, kernel?.newer])
        add(rebootReasons)
        add(rebootPackages)
        for restart in restarts {
            add([restart.service, restart.program])
            add(restart.packages)
            add(restart.files)
        }
        add(["listeners"])
        for listener in listeners {
            add([
                listener.transport, "\(listener.port)", listener.reach.rawValue, listener.service, listener.program,
                listener.package,
            ])
        }
        for list in [running, listening, gaps] { add(list) }
        return RunningDigest(bytes: Array(hash.finalize()))
    }

    /// The same with shorter lists, for whoever can take no more.
    ///
    /// - Parameter entries: Most entries of each list but those of packages, which have eight times as many.
    public func limited(to entries: Int) -> RunningState {
        var state = self
        state.rebootPackages = Array(rebootPackages.prefix(entries))
        state.restarts = Array(restarts.prefix(entries))
        state.listeners = Array(listeners.prefix(entries))
        state.listening = Array(listening.prefix(entries * 8))
        state.running = Array(running.prefix(entries * 8 - state.listening.count))
        if state != self { state.gaps = Set(gaps + [Gap.limit.rawValue]).sorted() }
        return state
    }

    /// Why something may be missing, by the words of ``gaps``.
    public enum Gap: String, Sendable, CaseIterable {
        /// Processes of others could not be seen.
        case processes
        /// Open ports could not be seen.
        case sockets
        /// Installed kernels could not be seen.
        case kernels
        /// A program has more open files than are looked at.
        case openFiles = "open_files"
        /// There was more than is reported.
        case limit
    }
}

/// How a package is in use on a host.
public enum Exposure: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// It is there, and no process has any of it loaded.
    case installed
    /// A process has some of it loaded.
    case running
    /// A process has some of it loaded that takes connections from other machines.
    case listening

    /// Whether the left one is in use less.
    public static func < (lhs: Exposure, rhs: Exposure) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int { self == .installed ? 0 : self == .running ? 1 : 2 }
}

/// SHA-256 over a ``RunningState``, written as 64 lowercase hexadecimal digits.
public struct RunningDigest: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Exactly 32 bytes.
    public let bytes: [UInt8]

    /// `nil` unless there are 32.
    public init?(stored bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        if self.bytes.count != 32 { return nil }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the form that `description` writes; `nil` for anything else.
    public init?(hex: some StringProtocol) {
        guard let digest = InventoryDigest(hex: hex) else { return nil }
        bytes = digest.bytes
    }

    /// 64 lowercase hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads the hexadecimal string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` unless it is 64 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = RunningDigest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 64 hexadecimal digits")
        }
        self = digest
    }

    /// Writes the hexadecimal string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Which packages of a host are in use.
public struct PackageUse: Sendable {
    private let running: Set<String>
    private let listening: Set<String>
    /// Types of which a package that was not seen is not in use.
    private let seenTypes: Set<String>

    /// Takes what a host said last.
    public init(_ state: RunningState) {
        running = Set(state.running)
        listening = Set(state.listening)
        // Packages of a system show in what processes have mapped, others in what they have open as well. What an interpreter reads and closes
        // again leaves no trace.
        let unseen = Set(state.gaps).subtracting([RunningState.Gap.sockets, .kernels].map(\.rawValue))
        let system: Set = ["deb", "rpm", "apk", "alpm"]
        let files: Set = ["golang", "cargo", "maven"]
        seenTypes =
            unseen.isEmpty ? system.union(files) : unseen == [RunningState.Gap.openFiles.rawValue] ? system : []
    }

    /// How a package is in use; `nil` when that cannot be told.
    public func exposure(of package: PackageURL) -> Exposure? {
        let text = package.description
        if listening.contains(text) { return .listening }
        if running.contains(text) { return .running }
        return seenTypes.contains(package.type) ? .installed : nil
    }
}
