import ArgumentParser
import Enrichment
import Foundation
import Stores

/// Where the installation keeps its data.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "Folder of the installation's data. Default: $ZEROTRACE_DATA, else /var/lib/zerotrace for root, else ~/.local/share/zerotrace.",
            valueName: "DIR"))
    var path: String?

    var folder: DataFolder {
        path.map(DataFolder.init(path:)) ?? .standard(environment: ProcessInfo.processInfo.environment)
    }

    /// The parts that the environment names, with this folder.
    func deployment() throws -> Deployment {
        try Deployment(data: folder, environment: ProcessInfo.processInfo.environment)
    }

    /// Opens the installation's store, wherever it is.
    func openStore() async throws -> any Store { try await deployment().openStore() }
}

extension CompanyStore {
    /// The company an operator names, or a usage error.
    func requireCompany(named name: String) async throws -> Company {
        guard let company = try await fetchCompany(named: name) else {
            throw ValidationError("There is no company named \(name). `zerotrace company list` shows all.")
        }
        return company
    }
}
