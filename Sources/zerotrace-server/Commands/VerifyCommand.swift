import ArgumentParser

/// Recomputes what the store derives.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute everything the database derives and name what differs.")
    @OptionGroup var data: DataOptions

    func run() async throws {
        let discrepancies = try await data.openStore().verify()
        for discrepancy in discrepancies { print(discrepancy.description) }
        guard discrepancies.isEmpty else { throw ExitCode(1) }
        print("no difference")
    }
}
