import ArgumentParser
import Foundation
@_spi(Minting) import Stores

/// How long companies keep what only grows. The operator at this command line is the installation's own, hence may act for any company.
struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Say how long companies keep events, and remove what is older.",
        discussion: """
            Audit entries, inventories, verdicts, exceptions and notes are never removed: entries hang together as a chain, and the others are what             findings follow from. Without a policy a company keeps everything.
            """, subcommands: [Show.self, Set.self, Run.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show the policy of each company.")
        @OptionGroup var data: DataOptions

        func run() async throws {
            let store = try await data.openStore()
            for company in try await store.fetchCompanies() {
                let policy = try await store.fetchRetentionPolicy(scope: CompanyScope(companyID: company.id))
                print("\(company.name)\t\(policy.eventDays.map { "\($0) days" } ?? "for ever")")
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "set", abstract: "Set the policy of a company.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company.") var company: String
        @Option(help: "Days that events are kept, 7 to 3650; 0 for ever.") var eventDays: Int

        func run() async throws {
            guard eventDays == 0 || RetentionPolicy.days.contains(eventDays) else {
                throw ValidationError("Events are kept for 7 to 3650 days, or with 0 for ever.")
            }
            let store = try await data.openStore()
            let company = try await store.requireCompany(named: company)
            try await store.setRetentionPolicy(
                scope: CompanyScope(companyID: company.id),
                RetentionPolicy(eventDays: eventDays == 0 ? nil : eventDays), at: Date())
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Remove what the policies no longer keep; run it once a day.",
            discussion: "In small batches; servers may run. Killed at any moment, the next run goes on.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company; all without it.") var company: String?
        @Flag(help: "Say what would be removed, and remove nothing.") var dryRun = false
        @Option(help: "A folder that gets files with a line of JSON for each event that is removed.")
        var archive: String?

        func run() async throws {
            let store = try await data.openStore()
            let companies =
                if let company { [try await store.requireCompany(named: company)] } else {
                    try await store.fetchCompanies()
                }
            let sweep = RetentionSweep(store)
            for company in companies {
                let file = dryRun ? nil : archive.map { EventArchive(folder: $0, company: company.id) }
                let outcome = try await sweep.run(
                    scope: CompanyScope(companyID: company.id), at: Date(), isDryRun: dryRun
                ) { try file?.append($0) }
                print("\(company.name)\t\(outcome.words(isDryRun: dryRun))")
            }
        }
    }
}

extension RetentionSweep.Outcome {
    fileprivate func words(isDryRun: Bool) -> String {
        guard let limit else { return "keeps everything" }
        let verb = isDryRun ? "would be removed" : "removed"
        return "\(events) events before \(limit.ISO8601Format()) \(verb)"
    }
}

/// Files with the events of a company that are removed, one for each batch: one line of JSON each, on disk before they go.
private struct EventArchive: Sendable {
    let folder: String
    let company: CompanyID

    /// Named by its first event, so that a batch that is archived again after a kill replaces itself.
    func append(_ events: [Event]) throws {
        guard let first = events.first else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = "\(folder)/\(company)-events-\(first.id.rawValue).jsonl"
        let lines = try events.map { event in
            let (name, data) = try StoredEvent.encode(event.kind)
            return
                "{\"id\":\(event.id.rawValue),\"at\":\"\(event.at.ISO8601Format())\",\"type\":\"\(name.rawValue)\",\"data\":\(data)}\n"
        }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Refusal("\(path) cannot be written") }
        defer { try? file.close() }
        try file.write(contentsOf: Data(lines.joined().utf8))
        try file.synchronize()
    }
}
