import ArgumentParser
import Foundation
import Gateway
@_spi(Minting) import Stores

/// Enrollment tokens. The operator at this command line is the installation's own, hence may act for any company.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, list and revoke enrollment tokens, with which agents join a company.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a token and print it. It is shown this once: only its hash is kept.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company.") var company: String
        @Option(help: "How many agents may enroll with it.") var uses = 1
        @Option(help: "Hours until it expires.") var hours = 24
        @Option(help: "What it is for, for people.") var label = ""

        func run() async throws {
            print(try await TokenCommand.make(data: data, company: company, uses: uses, hours: hours, label: label))
        }
    }

    /// Makes a token for a company and keeps its hash; the token itself is nowhere but in what this returns.
    static func make(
        data: DataOptions, company: String, uses: Int, hours: Int, label: String
    ) async throws -> String {
        guard uses >= 1, (1...24 * 366).contains(hours) else {
            throw ValidationError("A token has at least one use and lives for an hour to a year.")
        }
        let store = try await data.openStore()
        let company = try await store.requireCompany(named: company)
        let token = Secret.makeEnrollmentToken()
        let now = Date()
        _ = try await store.insertEnrollmentToken(
            scope: CompanyScope(companyID: company.id), token: Secret.hash(token), label: label,
            maximumUses: uses, expiresAt: now.addingTimeInterval(Double(hours) * 3_600), at: now)
        return token
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List a company's tokens, newest first.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company.") var company: String

        func run() async throws {
            let store = try await data.openStore()
            let scope = CompanyScope(companyID: try await store.requireCompany(named: company).id)
            for token in try await store.fetchEnrollmentTokens(scope: scope) {
                let state =
                    token.revokedAt != nil ? "revoked" : token.expiresAt < Date() ? "expired" : "valid"
                print(
                    "\(token.id)\t\(state)\t\(token.uses)/\(token.maximumUses)\t\(token.expiresAt.ISO8601Format())\t\(token.label)"
                )
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Revoke a token. Agents that enrolled with it stay.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company.") var company: String
        @Argument(help: "Id of the token, as listed.") var id: String

        func run() async throws {
            guard let id = EnrollmentTokenID(id) else { throw ValidationError("\(id) is no id of a token.") }
            let store = try await data.openStore()
            let scope = CompanyScope(companyID: try await store.requireCompany(named: company).id)
            try await store.revokeEnrollmentToken(scope: scope, id: id, at: Date())
        }
    }
}
