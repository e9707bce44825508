import BoundedInput
import Glibc
import Inventory

/// What was seen of processes and ports, before it is known whose files they are.
struct RunningLook {
    /// What tells programs apart: processes of one program and service are one.
    struct Program: Hashable {
        let service: String?
        let name: String
        /// Where its file is, or was.
        let path: String
    }

    /// What all processes of one program have.
    struct Use {
        /// Files that are mapped and still there.
        var files: Set<String> = []
        /// Files that are mapped and not there any more.
        var replaced: Set<String> = []
        /// Files with packages in them that no package manager of the system knows.
        var places: Set<String> = []
        /// Ports at which it waits.
        var sockets: Set<ListeningSockets.Socket> = []
        /// Whether one of them has run for long enough to count.
        var isSettled = false
    }

    private let root: RootFolder
    private let proc: ProcessFolder
    /// Packages by the file they were found in.
    let places: [String: [String]]

    private(set) var programs: [Program: Use] = [:]
    private(set) var gaps: Set<RunningState.Gap> = []
    /// Sockets that wait, and that no process was seen to have.
    private(set) var strangers: Set<ListeningSockets.Socket> = []
    /// Sockets of processes with another root.
    private(set) var strangersOfContainers: Set<ListeningSockets.Socket> = []
    private var sockets: [UInt64: ListeningSockets.Socket] = [:]
    private var seen: Set<UInt64> = []
    /// What is at a path now: asked once for all processes.
    private var current: [String: FileIdentity?] = [:]

    /// How many more files of programs are kept.
    private var room = Self.maximumPaths

    /// Most paths that are kept. A server of 200 processes has some 10,000.
    private static let maximumPaths = 100_000

    init(root: RootFolder, proc: ProcessFolder, places: [String: [String]]) {
        self.root = root
        self.proc = proc
        self.places = places
    }

    /// Files whose packages have to be known.
    var soughtPaths: Set<String> {
        programs.reduce(into: []) { paths, program in
            paths.insert(program.key.path)
            paths.formUnion(program.value.files)
            paths.formUnion(program.value.replaced)
        }
    }

    /// Reads which ports are waited at.
    mutating func readSockets(maximumOthers: Int) {
        var table = ListeningSockets()
        let clientPorts =
            proc.line("sys/net/ipv4/ip_local_port_range").flatMap { $0.split(whereSeparator: { !$0.isNumber }).first }
            .flatMap { Int($0) } ?? 32_768
        var isAnyRead = false
        for (name, transport) in [("tcp", "tcp"), ("tcp6", "tcp"), ("udp", "udp"), ("udp6", "udp")] {
            do {
                let file = try proc.open("net/\(name)")
                defer { withExtendedLifetime(file) {} }
                isAnyRead = true
                var lines = LineReader(descriptor: file.number, limit: 1_024)
                var others = 0
                while others < maximumOthers, root.steps.next(), let line = try lines.next() {
                    guard case .line(let bytes) = line else { continue }
                    let isListening = table.take(
                        String(decoding: bytes, as: UTF8.self), transport: transport, clientPorts: clientPorts)
                    others = isListening || transport == "udp" ? 0 : others + 1
                }
            } catch {
                // A machine may have no IPv6.
                if (error as? FileReadError.Reason) != .system(code: ENOENT) { gaps.insert(.sockets) }
            }
        }
        if !isAnyRead { gaps.insert(.sockets) }
        sockets = table.sockets
        strangers = Set(sockets.values)
    }

    /// Reads what runs.
    mutating func readProcesses() {
        guard let rootFacts = RunningLook.identity(of: root), let all = try? proc.processes() else {
            gaps.insert(.processes)
            return
        }
        if all.count > ProcessFolder.maximumProcesses { gaps.insert(.limit) }
        // Where processes of others are hidden, the first of all is.
        if all.first != 1 { gaps.insert(.processes) }
        let clock = ProcessClock(proc)
        for id in all.prefix(ProcessFolder.maximumProcesses) {
            guard root.steps.next() else { return }
            do throws(FileReadError.Reason) {
                try read(try proc.process(id), rootFacts, clock)
            } catch {
                // One that ended meanwhile leaves nothing to see.
                guard case .system(let code) = error, code == ENOENT || code == ESRCH else {
                    gaps.insert(.processes)
                    continue
                }
            }
        }
        strangers = Set(sockets.filter { !seen.contains($0.key) }.values)
    }

    private static func identity(of root: RootFolder) -> FileIdentity? {
        var facts = stat()
        return fstat(root.descriptor.number, &facts) == 0 ? FileIdentity(facts) : nil
    }

    private mutating func read(
        _ process: ObservedProcess, _ rootFacts: FileIdentity, _ clock: ProcessClock
    ) throws(FileReadError.Reason) {
        guard let link = try process.program() else { return }
        let isSameRoot = try process.root() == rootFacts
        let mapped = isSameRoot ? try process.mappings().files : []
        let path = MappedFiles.settledName(link.hasSuffix(" (deleted)") ? String(link.dropLast(10)) : link)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let key = Program(
            service: isSameRoot ? ServiceName.find(in: process.controlGroups()) : nil, name: isSameRoot ? name : "",
            path: isSameRoot ? path : "")
        guard programs[key] != nil || programs.count < RunningScanner.maximumPrograms else {
            gaps.insert(.limit)
            return
        }
        var use = isSameRoot ? programs[key] ?? Use() : Use()
        let isWhole = try process.forEachOpenFile { target in
            if places[target] != nil { use.places.insert(target) }
            guard target.hasPrefix("socket:["), let number = UInt64(target.dropFirst(8).dropLast()),
                let socket = sockets[number]
            else { return }
            // A port of the host that a process of a container has is nobody's here.
            seen.insert(number)
            use.sockets.insert(socket)
        }
        if !isWhole { gaps.insert(.openFiles) }
        guard isSameRoot else {
            strangersOfContainers.formUnion(use.sockets)
            return
        }
        for file in mapped { take(file, of: process, &use) }
        if !use.isSettled { use.isSettled = clock.isSettled(process.start()) }
        programs[key] = use
    }

    private mutating func take(_ file: MappedFiles.File, of process: ObservedProcess, _ use: inout Use) {
        if places[file.path] != nil, !file.isDeleted { use.places.insert(file.path) }
        let isReplaced = file.isDeleted || isReplaced(file, of: process)
        guard !(isReplaced ? use.replaced : use.files).contains(file.path) else { return }
        guard room > 0 else {
            gaps.insert(.limit)
            return
        }
        room -= 1
        if isReplaced { use.replaced.insert(file.path) } else { use.files.insert(file.path) }
    }

    /// Whether another file has its name now. On file systems that tell their own devices and numbers apart from those of the files behind them
    /// (overlayfs of older kernels, btrfs), the devices differ, and nothing follows.
    private mutating func isReplaced(_ file: MappedFiles.File, of process: ObservedProcess) -> Bool {
        let found: FileIdentity?
        if let known = current[file.path] {
            found = known
        } else {
            found = process.file(at: file.path)
            if current.count < Self.maximumPaths { current[file.path] = .some(found) }
        }
        guard let found else { return false }
        return found.device == file.identity.device && found.number != file.identity.number
    }
}

/// How long processes run.
struct ProcessClock {
    private let ticks: Double
    /// Seconds since the machine started; `nil` when the kernel does not say.
    private let uptime: Double?

    init(_ proc: ProcessFolder) {
        ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        uptime = proc.line("uptime")?.split(separator: " ").first.flatMap { Double($0) }
    }

    /// Whether a process runs for long enough to count, or came with the machine.
    ///
    /// - Parameter start: In ticks since the machine started; what is not known counts.
    func isSettled(_ start: UInt64?) -> Bool {
        guard let start, let uptime else { return true }
        let seconds = Double(start) / ticks
        return seconds < RunningScanner.settlingSeconds || uptime - seconds >= RunningScanner.settlingSeconds
    }
}
