import ArgumentParser
import Foundation
import Gateway

/// The keys that sign access tokens.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Exchange the key that signs access tokens.", subcommands: [Rotate.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract:
                "Add a key that signs after a while, and print its id. Tokens of the key before stay good until they run out.",
            discussion: """
                The file is API_SIGNING_KEY_FILE, else signing.key in the data folder. Gateways read it every five seconds; where it is copied to \
                them, give them time with --delay.
                """)
        @OptionGroup var data: DataOptions
        @Option(help: "Seconds until the new key signs.") var delay = 60

        func validate() throws {
            guard (0...86_400).contains(delay) else { throw ValidationError("The delay is 0 to 86400 seconds.") }
        }

        func run() async throws {
            print(
                try SigningKeyFile.rotate(
                    path: try data.deployment().signingKey, now: Date(), delay: .seconds(delay)))
        }
    }
}
