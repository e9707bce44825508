import ArgumentParser
import Foundation

/// Companies of the installation.
struct CompanyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "company", abstract: "Make and list companies, the tenants of this installation.",
        subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a company.")
        @OptionGroup var data: DataOptions
        @Argument(help: "Its name, unique in this installation.") var name: String

        func run() async throws {
            let trimmed = name.trimmingCharacters(in: .whitespaces)
            guard (1...200).contains(trimmed.count) else { throw ValidationError("A name has 1 to 200 characters.") }
            let company = try await data.openStore().insertCompany(named: trimmed, at: Date())
            print(company.id)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List all companies, by name.")
        @OptionGroup var data: DataOptions

        func run() async throws {
            for company in try await data.openStore().fetchCompanies() { print("\(company.id)\t\(company.name)") }
        }
    }
}
