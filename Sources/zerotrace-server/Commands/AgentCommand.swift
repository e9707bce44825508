import ArgumentParser
import Foundation
@_spi(Minting) import Stores

/// Agents, as the store knows them. The operator at this command line is the installation's own, hence may act for any company.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "See the agents of a company.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "List agents: id, state of the inventory, packages, vulnerabilities, digests received and applied, host name."
        )
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company.") var company: String

        func run() async throws {
            let store = try await data.openStore()
            let scope = CompanyScope(companyID: try await store.requireCompany(named: company).id)
            var cursor: String?
            repeat {
                let page = try await store.fetchAgents(
                    scope: scope, query: AgentQuery(), page: PageRequest(cursor: cursor, limit: 500))
                for agent in page.items {
                    guard let detail = try await store.fetchAgent(scope: scope, id: agent.id) else { continue }
                    print(line(agent, detail.sync))
                }
                cursor = page.nextCursor
            } while cursor != nil
        }

        private func line(_ agent: AgentSummary, _ sync: SyncState) -> String {
            let fields = [
                "\(agent.id)", agent.state.rawValue, "\(agent.packageCount)", "\(agent.counts.total)",
                sync.received?.description ?? "-", sync.applied?.description ?? "-", agent.hostname,
            ]
            return fields.joined(separator: "\t")
        }
    }
}
