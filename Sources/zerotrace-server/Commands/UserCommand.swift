import ArgumentParser
import DirectCommands
import Foundation
import Gateway
import Stores

/// People who sign in.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Make users.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a user.",
            discussion:
                "The password is read from standard input, one line; it is never an argument, which others could see.")
        @OptionGroup var data: DataOptions
        @Option(help: "Name of the company.") var company: String
        @Option(
            help: ArgumentHelp("What the user may do.", valueName: Role.allCases.map(\.rawValue).joined(separator: "|"))
        )
        var role = "owner"
        @Argument(help: "E-mail address to sign in with.") var email: String

        static let minimumPasswordLength = 12

        func run() async throws {
            guard let role = Role(rawValue: role) else { throw ValidationError("There is no role \(role).") }
            guard email.contains("@"), (3...254).contains(email.utf8.count) else {
                throw ValidationError("\(email) is no e-mail address.")
            }
            if isatty(STDIN_FILENO) == 1 {
                Terminal.warn("Password, at least \(Self.minimumPasswordLength) characters:")
            }
            guard let password = readLine(), password.count >= Self.minimumPasswordLength else {
                throw ValidationError("The password needs at least \(Self.minimumPasswordLength) characters.")
            }
            let store = try await data.openStore()
            let company = try await store.requireCompany(named: company)
            let user = try await store.insertUser(
                email: email, passwordHash: PasswordHasher.hash(password), role: role, companyID: company.id, at: Date()
            )
            print(user.id)
        }
    }
}
