import ArgumentParser
import JobQueue
import RedisClient
import RedisJobQueue
@_spi(Minting) import Stores

/// The queue that processes share. The operator at this command line is the installation's own, hence may act for any company.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "See and steer the queue in Redis.",
        discussion: "Without REDIS_HOST the queue is inside `zerotrace serve`; its metrics tell of it.",
        subcommands: [Status.self, Pause.self, Resume.self, Drain.self, QueueDeadCommand.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Say what the queue holds, and what happened since it was made.")
        @OptionGroup var data: DataOptions

        func run() async throws {
            let statistics = try await data.openQueue().statistics()
            print("mode\t\(statistics.mode.rawValue)")
            for priority in WorkPriority.allCases.reversed() {
                print("pending \(priority)\t\(statistics.pending[priority] ?? 0)")
            }
            print("delayed\t\(statistics.delayed)")
            print("leased companies\t\(statistics.leases)")
            print("dead letters\t\(statistics.dead)")
            for total in QueueStatistics.Total.allCases {
                print("\(total.rawValue) so far\t\(statistics.totals[total] ?? 0)")
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Give no work to processors; what comes is kept.")
        @OptionGroup var data: DataOptions
        func run() async throws { try await data.openQueue().setMode(.paused) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Go on after `pause` or `drain`.")
        @OptionGroup var data: DataOptions
        func run() async throws { try await data.openQueue().setMode(.running) }
    }

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drain",
            abstract:
                "Take nothing in until the queue is empty. Nothing is lost: what comes is found in the database after `resume`."
        )
        @OptionGroup var data: DataOptions
        func run() async throws { try await data.openQueue().setMode(.draining) }
    }
}

/// Work that failed again and again.
struct QueueDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "See dead letters, work that failed again and again, and decide what becomes of them.",
        subcommands: [List.self, Retry.self, Discard.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List dead letters, newest first: company, subject, priority, failures, seconds since, reason.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of a company. Default: all.") var company: String?
        @Option(help: "Most dead letters to show.") var limit = 100

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("The limit is 1 to 10000.") }
        }

        func run() async throws {
            let scope = try await data.scope(ofCompany: company)
            for letter in try await data.openQueue().fetchDeadLetters(scope: scope, limit: limit) {
                let fields = [
                    "\(letter.hint.scope.companyID)", letter.hint.subject, "\(letter.hint.priority)",
                    "\(letter.failures)",
                    "\(letter.age.components.seconds)", letter.reason,
                ]
                print(fields.joined(separator: "\t"))
            }
        }
    }

    /// Which dead letters.
    struct Selection: ParsableArguments {
        @Option(help: "Name of a company.") var company: String?
        @Option(help: "One agent of the company, as `queue dead list` shows it.") var subject: String?
        @Flag(help: "Those of all companies.") var all = false

        func validate() throws {
            guard all != (company != nil), subject == nil || company != nil else {
                throw ValidationError("Give --all, or --company, or --company and --subject.")
            }
        }

        func resolve(_ data: DataOptions) async throws -> DeadLetterSelection {
            guard let scope = try await data.scope(ofCompany: company) else { return .all }
            return subject.map { .one(scope: scope, subject: $0) } ?? .company(scope)
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Try dead letters again, as if they had never failed.")
        @OptionGroup var data: DataOptions
        @OptionGroup var selection: Selection

        func run() async throws {
            let count = try await data.openQueue().retryDeadLetters(try await selection.resolve(data))
            print("\(count) to be tried again")
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Forget dead letters. The inventories stay received; the next sweep has them tried anew.")
        @OptionGroup var data: DataOptions
        @OptionGroup var selection: Selection

        func run() async throws {
            let count = try await data.openQueue().discardDeadLetters(try await selection.resolve(data))
            print("\(count) discarded")
        }
    }
}

extension DataOptions {
    /// The queue in Redis.
    fileprivate func openQueue() throws -> RedisJobQueue {
        guard let redis = try deployment().redis else {
            throw Refusal("REDIS_HOST is not set: there is no queue outside of `zerotrace serve`")
        }
        return RedisJobQueue(client: try RedisClient(redis))
    }

    /// The company of a name; `nil` for no name.
    fileprivate func scope(ofCompany name: String?) async throws -> CompanyScope? {
        guard let name else { return nil }
        return CompanyScope(companyID: try await openStore().requireCompany(named: name).id)
    }
}
