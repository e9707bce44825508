import FoundationEssentials
import Glibc

/// Looks for what keeps the agent from reporting, and says what to do. Changes nothing and enrolls nobody.
public struct Doctor: Sendable {
    let settings: AgentSettings
    let configuration: Result<AgentConfiguration, AgentSettingsError>
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - settings: As gathered; used as far as they go when they make no configuration.
    ///   - configuration: What they make, or why they make none.
    ///   - now: Unix seconds.
    public init(
        settings: AgentSettings, configuration: Result<AgentConfiguration, AgentSettingsError>,
        now: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        self.configuration = configuration
        self.now = now
    }

    /// Makes every check once.
    ///
    /// Asks the system for names and waits for connections on the thread it is called on, up to some ten seconds each: for a program that does
    /// nothing else.
    ///
    /// - Returns: One diagnosis for each check, in their order.
    public func examine() async -> [Diagnosis] {
        let folder = settings.stateFolder ?? AgentSettings.standardStateFolder
        let machine = [examineState(folder), examineEnrollment(folder)]
        let space = examineSpace(folder)
        switch configuration {
        case .failure(let error):
            let first = Diagnosis.failed(
                .configuration, error.description,
                "Correct \(AgentSettings.standardFile), the variable or the option that is named.")
            let rest = [Diagnosis.Check.proxy, .name, .connection, .server, .clock].map {
                Diagnosis.skipped($0, because: "there is no configuration")
            }
            return [first] + machine + rest + [space]
        case .success(let configuration):
            return [examine(configuration)] + machine + (await examineNetwork(configuration)) + [space]
        }
    }

    private func examine(_ configuration: AgentConfiguration) -> Diagnosis {
        guard let url = URL(string: configuration.server), let host = url.host else {
            return .failed(.configuration, "the server's address is no URL", "Correct it.")
        }
        let isLoopback = host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
        if url.scheme?.lowercased() == "http", !isLoopback {
            return .warning(
                .configuration, "\(configuration.server) is plain HTTP: everybody on the way reads the inventory",
                "Put TLS in front of the server and use its https address.")
        }
        if let file = settings.tokenFile {
            var facts = stat()
            if stat(file, &facts) == 0, facts.st_mode & 0o077 != 0 {
                return .warning(
                    .configuration, "\(file) holds the enrollment token, and others than its owner may read it",
                    "chmod 600 \(file)")
            }
        }
        return .ok(.configuration, "server \(configuration.server)")
    }

    private func examineState(_ folder: String) -> Diagnosis {
        var facts = stat()
        guard stat(folder, &facts) == 0 else {
            let reason = String(cString: strerror(errno))
            return errno == ENOENT
                ? .ok(.state, "\(folder) is not there yet; the agent makes it")
                : .failed(.state, "\(folder): \(reason)", "Run this as root.")
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            return .failed(.state, "\(folder) is no folder", "Move it out of the way.")
        }
        guard access(folder, R_OK | W_OK | X_OK) == 0 else {
            return .failed(
                .state, "\(folder): \(String(cString: strerror(errno)))",
                "Run this as root, or as the user that the agent runs as.")
        }
        guard facts.st_mode & 0o077 == 0 else {
            return .warning(
                .state, "\(folder) has mode \(String(facts.st_mode & 0o777, radix: 8)): others may look into it",
                "chmod 700 \(folder); the agent does so when it starts.")
        }
        let credential = folder + "/credential.json"
        if stat(credential, &facts) == 0, facts.st_mode & 0o077 != 0 {
            return .failed(
                .state,
                "\(credential) has mode \(String(facts.st_mode & 0o777, radix: 8)): others may have read the key",
                "Remove it and enroll the machine anew; revoke the agent at the server.")
        }
        return .ok(.state, "\(folder) is for its owner alone")
    }

    private func examineEnrollment(_ folder: String) -> Diagnosis {
        let status: AgentStatus
        do { status = try AgentStatus(stateFolder: folder, now: now()) } catch {
            return .failed(
                .enrollment, "\(error)", "Repair what is named; a damaged credential is removed, and enrolled anew.")
        }
        switch status.standing {
        case .reporting:
            return .ok(.enrollment, "agent \(status.agentID ?? "") of \(status.company ?? ""), heard lately")
        case .silent:
            return .warning(
                .enrollment,
                "enrolled, but the server did not answer "
                    + (status.lastHeartbeatAt.map { "since \($0)" } ?? "a heartbeat yet")
                    + (status.lastFailure.map { "; \($0.reason)" } ?? ""),
                "Look at the checks below, and whether the agent runs: systemctl status zerotrace-agent")
        case .notEnrolled where (try? configuration.get())?.token != nil:
            return .ok(.enrollment, "not yet, and there is a token to enroll with")
        case .notEnrolled:
            return .failed(
                .enrollment,
                "not enrolled, and there is no enrollment token" + (settings.tokenFile.map { " in \($0)" } ?? ""),
                "Make one with `zerotrace token create`, and name its file as token_file.")
        }
    }

    /// What the spool takes at most, and room for writing each file beside the old one.
    private static let spaceNeeded: UInt64 = 64 << 20

    private func examineSpace(_ folder: String) -> Diagnosis {
        // The folder, or the first above it that is there.
        var path = folder
        var facts = statvfs()
        while statvfs(path, &facts) != 0 {
            guard errno == ENOENT, path.count > 1, let slash = path.lastIndex(of: "/") else {
                return .skipped(.diskSpace, because: "\(path): \(String(cString: strerror(errno)))")
            }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        let free = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue
        guard free >= Self.spaceNeeded else {
            return .failed(
                .diskSpace, "\(free >> 20) MiB are free at \(path)",
                "Make room: reports that the server has not got are kept there.")
        }
        guard facts.f_files == 0 || facts.f_favail > 16 else {
            return .failed(.diskSpace, "the file system at \(path) has no room for more files", "Remove files from it.")
        }
        return .ok(.diskSpace, "\(free >> 20) MiB are free at \(path)")
    }
}
