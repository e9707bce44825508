import ArgumentParser
import BoundedInput
import DeploymentKits
import Foundation

/// What brings agents to machines.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Make what brings agents to machines.", subcommands: [Kit.self])

    struct Kit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "kit",
            abstract: "Write the files that a tool distributes, with the company's enrollment token.",
            discussion: """
                The token is read from a file or made anew for a company. Files that hold it are for their owner alone, and it is never printed. \
                Docs/agent.md says what to do with each kit.
                """)
        @OptionGroup var data: DataOptions
        @Option(
            name: .customLong("for"),
            help: "\(DeploymentKit.Target.allCases.map(\.rawValue).joined(separator: ", ")).")
        var target: DeploymentKit.Target
        @Option(help: ArgumentHelp("Base URL of the server, as machines reach it.", valueName: "URL")) var server:
            String
        @Option(help: ArgumentHelp("File that holds the enrollment token.", valueName: "FILE")) var tokenFile: String?
        @Option(help: "Name of the company for which a token is made, in place of a file.") var company: String?
        @Option(help: "How many agents may enroll with the token that is made.") var uses = 100
        @Option(help: "Hours until the token that is made expires.") var hours = 72
        @Option(help: ArgumentHelp("Where machines fetch the .deb or .rpm; cloud-init needs it.", valueName: "URL"))
        var package: String?
        @Option(help: ArgumentHelp("Folder to make for the files.", valueName: "DIR")) var output: String

        func run() async throws {
            guard (tokenFile == nil) != (company == nil) else {
                throw ValidationError("Give either --token-file or --company.")
            }
            // Whatever is wrong shows before a token is made for it.
            guard !FileManager.default.fileExists(atPath: output) else {
                throw ValidationError("\(output) is there already.")
            }
            do throws(DeploymentKit.Refusal) {
                _ = try kit(token: "token").files(for: target)
            } catch { throw ValidationError("\(error)") }
            let files: [DeploymentKit.File]
            let token = try await token()
            do throws(DeploymentKit.Refusal) { files = try kit(token: token).files(for: target) } catch {
                throw ValidationError("\(error)")
            }
            for file in files {
                try write(file)
                print(output + "/" + file.path + (file.holdsToken ? "  (holds the token)" : ""))
            }
        }

        private func kit(token: String) throws(DeploymentKit.Refusal) -> DeploymentKit {
            try DeploymentKit(server: server, token: token, package: package) { UUID().uuidString }
        }

        private func token() async throws -> String {
            if let company {
                return try await TokenCommand.make(
                    data: data, company: company, uses: uses, hours: hours, label: "kit for \(target.rawValue)")
            }
            let bytes = try BoundedFile.read(tokenFile ?? "", limit: 4 << 10)
            return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func write(_ file: DeploymentKit.File) throws {
            let path = URL(filePath: output).appending(path: file.path)
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let mode = (file.isProgram ? 0o700 : 0o600) | (file.holdsToken ? 0 : file.isProgram ? 0o055 : 0o044)
            guard
                FileManager.default.createFile(
                    atPath: path.path, contents: Data(file.text.utf8), attributes: [.posixPermissions: mode])
            else { throw ValidationError("\(path.path) cannot be written.") }
        }
    }
}

extension DeploymentKit.Target: ExpressibleByArgument {}
