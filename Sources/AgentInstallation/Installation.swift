import BoundedInput
import FoundationEssentials
import Glibc

/// The agent's files below a root folder.
public struct Installation: Sendable {
    /// What happened to a file.
    public struct Step: Sendable, Equatable, CustomStringConvertible {
        /// As seen from inside the root.
        public let path: String
        /// What was done.
        public let action: Action

        /// What was done to a file.
        public enum Action: String, Sendable {
            case written, unchanged, removed, kept
        }

        /// One line.
        public var description: String { "\(action.rawValue) \(path)" }
    }

    /// Where the program goes when no package brought it: outside of what package managers own.
    public static let programPath = "/usr/local/bin/zerotrace-agent"
    static let unitPath = "/etc/systemd/system/zerotrace-agent.service"
    static let wantedPath = "/etc/systemd/system/multi-user.target.wants/zerotrace-agent.service"
    static let packagedUnitPaths = [
        "/usr/lib/systemd/system/zerotrace-agent.service", "/lib/systemd/system/zerotrace-agent.service",
    ]
    static let configurationPath = "/etc/zerotrace/agent.json"
    static let tokenPath = "/etc/zerotrace/enrollment-token"
    /// Under a `DynamicUser`, systemd keeps the state in `private` and links to it.
    static let statePaths = ["/var/lib/zerotrace-agent", "/var/lib/private/zerotrace-agent"]
    static let programLimit = 256 << 20

    /// The folder that stands for "/", without a slash at its end.
    private let root: String

    /// - Parameter root: "/" for this machine, or the folder of an image.
    public init(root: String = "/") {
        self.root = String(root.reversed().drop { $0 == "/" }.reversed())
    }

    /// The systemd unit.
    ///
    /// - Parameter program: Absolute path that it starts.
    public static func unit(program: String) -> [UInt8] {
        let text = String(decoding: PackageResources.zerotrace_agent_service, as: UTF8.self)
        return Array(text.replacing("ExecStart=/usr/bin/zerotrace-agent ", with: "ExecStart=\(program) ").utf8)
    }

    /// Whether a package manager brought the agent: then program and unit are its own.
    public var isPackaged: Bool { Self.packagedUnitPaths.contains { isThere($0) } }

    /// Puts everything in its place, or says what is in the way and changes nothing.
    ///
    /// - Parameters:
    ///   - program: The agent's program to copy.
    ///   - configuration: Text of `agent.json`; `nil` leaves the one that is there.
    ///   - token: The enrollment token; `nil` leaves the one that is there.
    ///   - replaces: Whether other files in the same places give way.
    /// - Returns: What was done, in order.
    public func install(
        program: String, configuration: [UInt8]?, token: String?, replaces: Bool
    ) throws(InstallationError) -> [Step] {
        var wanted: [(path: String, bytes: [UInt8], mode: mode_t)] = []
        if !isPackaged {
            wanted.append((Self.programPath, try read(program, limit: Self.programLimit), 0o755))
            wanted.append((Self.unitPath, Self.unit(program: Self.programPath), 0o644))
        }
        if let configuration { wanted.append((Self.configurationPath, configuration, 0o644)) }
        if let token { wanted.append((Self.tokenPath, Array((token + "\n").utf8), 0o600)) }
        let isRight = try wanted.map { (file) throws(InstallationError) in
            try isThere(file.path) ? read(root + file.path, limit: Self.programLimit) == file.bytes : nil
        }
        let inTheWay = zip(wanted, isRight).filter { $0.1 == false }.map(\.0.path)
        guard inTheWay.isEmpty || replaces else { throw .inTheWay(inTheWay) }
        var steps: [Step] = []
        for (file, isRight) in zip(wanted, isRight) {
            if isRight != true { try write(file.path, file.bytes, mode: file.mode) }
            // Also where the bytes are right already: a token that others may read is not.
            guard chmod(root + file.path, file.mode) == 0 else { throw failure(file.path) }
            steps.append(Step(path: file.path, action: isRight == true ? .unchanged : .written))
        }
        return isPackaged ? steps : steps + [try enable()]
    }

    /// Takes program, unit and what enables it away; configuration, token and state too when asked for. What is not there is passed over.
    ///
    /// Configuration and state stay by default, as another installation goes on with them as the same agent.
    public func uninstall(purging: Bool) throws(InstallationError) -> [Step] {
        var paths = isPackaged ? [] : [Self.wantedPath, Self.unitPath, Self.programPath]
        let data = [Self.configurationPath, Self.tokenPath] + Self.statePaths
        if purging { paths += data }
        var steps: [Step] = []
        for path in paths where isThere(path) {
            do { try FileManager.default.removeItem(atPath: root + path) } catch {
                throw .file(path: path, reason: "cannot be removed")
            }
            steps.append(Step(path: path, action: .removed))
        }
        if purging { rmdir(root + "/etc/zerotrace") }
        return steps + data.filter { isThere($0) }.map { Step(path: $0, action: .kept) }
    }

    // MARK: Files

    private func enable() throws(InstallationError) -> Step {
        guard !isThere(Self.wantedPath) else { return Step(path: Self.wantedPath, action: .unchanged) }
        try makeFolder(of: Self.wantedPath)
        guard symlink(Self.unitPath, root + Self.wantedPath) == 0 else { throw failure(Self.wantedPath) }
        return Step(path: Self.wantedPath, action: .written)
    }

    /// Also of a link that leads nowhere.
    private func isThere(_ path: String) -> Bool {
        var facts = stat()
        return lstat(root + path, &facts) == 0
    }

    private func read(_ path: String, limit: Int) throws(InstallationError) -> [UInt8] {
        do { return try BoundedFile.read(path, limit: limit) } catch {
            throw .file(path: path, reason: "\(error.reason)")
        }
    }

    private func makeFolder(of path: String) throws(InstallationError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = root + path[..<slash]
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        } catch {
            throw .file(path: folder, reason: "cannot be made")
        }
    }

    /// Writes beside the place and renames: a program that runs is replaced, not changed, and a link is replaced, not followed.
    private func write(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(InstallationError) {
        try makeFolder(of: path)
        let draft = root + path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(draft) }
        var done = 0
        bytes.withUnsafeBytes { buffer in
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                done += count
            }
        }
        let isWritten = done == bytes.count && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0
        let reason = failure(path)
        close(descriptor)
        guard isWritten, rename(draft, root + path) == 0 else {
            unlink(draft)
            throw isWritten ? failure(path) : reason
        }
    }

    private func failure(_ path: String) -> InstallationError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}
