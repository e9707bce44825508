import Inventory
import PackageIdentity

/// Makes a state of what was seen, within its bounds and in its order.
struct RunningStateBuilder {
    let look: RunningLook
    /// Package URLs by path.
    let packages: [String: String]

    /// Where systems say that they want to be restarted, and for the sake of which packages.
    private static let requests = ["/run/reboot-required", "/run/reboot-needed"]
    private static let requestedPackages = "/run/reboot-required.pkgs"

    func state(_ kernels: InstalledKernels, _ root: RootFolder) -> RunningState {
        var state = RunningState()
        var gaps = look.gaps
        state.kernel = kernels.kernel(packages) { (try? PackageURL($0))?.version }
        if state.kernel?.newer != nil { state.rebootReasons.append("kernel") }
        if !kernels.areSeen(state.kernel) { gaps.insert(.kernels) }
        if Self.requests.contains(where: root.exists) { state.rebootReasons.append("requested") }
        state.rebootPackages = bounded(Self.requested(root), &gaps)
        state.restarts = bounded(restarts, &gaps)
        state.listeners = bounded(listeners, &gaps)
        let (running, listening) = used(kernels)
        let shown = listening.sorted().filter(Self.fits).prefix(RunningState.maximumPackages)
        let others = running.subtracting(listening).sorted().filter(Self.fits)
            .prefix(RunningState.maximumPackages - shown.count)
        if shown.count + others.count < running.union(listening).count { gaps.insert(.limit) }
        (state.listening, state.running) = (Array(shown), Array(others))
        state.gaps = gaps.map(\.rawValue).sorted()
        return state
    }

    private static func fits(_ text: String) -> Bool { text.utf8.count <= RunningState.maximumText }

    private func bounded<Entry>(_ entries: [Entry], _ gaps: inout Set<RunningState.Gap>) -> [Entry] {
        if entries.count > RunningState.maximumEntries { gaps.insert(.limit) }
        return Array(entries.prefix(RunningState.maximumEntries))
    }

    private static func requested(_ root: RootFolder) -> [String] {
        guard let bytes = try? root.read(requestedPackages, limit: 256 << 10) else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return Set(lines.map(String.init).filter { !$0.isEmpty && $0.utf8.count <= 255 }).sorted()
    }

    /// By service and program, several places of one program as one. Services come first: what people run must not push them out of bounds.
    private var restarts: [RunningState.Restart] {
        struct Name: Hashable {
            let service: String?
            let program: String
        }
        var found: [Name: Set<String>] = [:]
        for (program, use) in look.programs where !use.replaced.isEmpty {
            found[Name(service: program.service, program: program.name), default: []].formUnion(use.replaced)
        }
        return found.map { name, paths in
            let owners = Set(paths.compactMap { packages[$0] }.filter(Self.fits)).sorted()
            let files = Set(paths.map(Self.name)).sorted()
            return RunningState.Restart(
                service: name.service, program: name.program,
                packages: Array(owners.prefix(RunningState.maximumFiles)),
                files: Array(files.prefix(RunningState.maximumFiles)))
        }.sorted {
            ($0.service == nil ? 1 : 0, $0.service ?? "", $0.program) < (
                $1.service == nil ? 1 : 0, $1.service ?? "", $1.program
            )
        }
    }

    private static func name(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.utf8.count <= 255 ? name : String(name.prefix(60))
    }

    private var listeners: [RunningState.Listener] {
        var found: [RunningState.Listener: RunningState.Reach] = [:]
        func add(_ socket: ListeningSockets.Socket, _ program: RunningLook.Program?) {
            // One program often waits at the same port once for each kind of address: the widest counts.
            let listener = RunningState.Listener(
                transport: socket.transport, port: socket.port, reach: .loopback, service: program?.service,
                program: program?.name,
                package: program.flatMap { packages[$0.path] }.flatMap { Self.fits($0) ? $0 : nil })
            found[listener] = max(found[listener] ?? .loopback, socket.reach)
        }
        for (program, use) in look.programs { for socket in use.sockets { add(socket, program) } }
        for socket in look.strangers.union(look.strangersOfContainers) { add(socket, nil) }
        return found.map { listener, reach in
            var listener = listener
            listener.reach = reach
            return listener
        }.sorted {
            ($0.transport, $0.port, $0.service ?? "", $0.program ?? "", $0.package ?? "")
                < ($1.transport, $1.port, $1.service ?? "", $1.program ?? "", $1.package ?? "")
        }
    }

    /// Packages that are in use, and those of them that take connections from other machines.
    private func used(_ kernels: InstalledKernels) -> (running: Set<String>, listening: Set<String>) {
        var running: Set<String> = []
        var listening: Set<String> = []
        if let release = kernels.running, let kernel = kernels.package(of: release, packages) { running.insert(kernel) }
        for use in look.programs.values {
            let isListening = use.sockets.contains { $0.reach != .loopback }
            guard isListening || use.isSettled || !use.sockets.isEmpty else { continue }
            let found = use.files.compactMap { packages[$0] } + use.places.flatMap { look.places[$0] ?? [] }
            if isListening { listening.formUnion(found) } else { running.formUnion(found) }
        }
        return (running, listening)
    }
}
