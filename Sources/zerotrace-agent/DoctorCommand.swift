import AgentKit
import ArgumentParser
import FoundationEssentials
import Inventory

/// Looks for what keeps the agent from reporting.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what keeps the agent from reporting, and say what to do.",
        discussion: "Changes nothing. Exit codes: 0 nothing failed, warnings or not; 1 something did.")

    @OptionGroup var options: SettingsOptions
    @Option(help: "text or json.") var format = AnswerFormat.text

    func run() async throws {
        let diagnoses = await examine()
        switch format {
        case .json: StandardStreams.print(try JSONText.encode(["checks": diagnoses]))
        case .text:
            let width = Diagnosis.Check.allCases.map(\.rawValue.count).max() ?? 0
            for diagnosis in diagnoses {
                let name = diagnosis.check.rawValue.replacing("_", with: " ")
                let outcome = diagnosis.outcome.rawValue
                let start = outcome + String(repeating: " ", count: 9 - outcome.count) + name
                let padding = String(repeating: " ", count: width + 2 - name.count)
                var text = TerminalText.harmless(start + padding + diagnosis.finding) + "\n"
                if let advice = diagnosis.advice {
                    text += String(repeating: " ", count: width + 11) + TerminalText.harmless(advice) + "\n"
                }
                StandardStreams.print(Array(text.utf8))
            }
        }
        if diagnoses.contains(where: { $0.outcome == .failed }) { throw ExitCode(1) }
    }

    private func examine() async -> [Diagnosis] {
        var settings = options.settings
        let configuration: Result<AgentConfiguration, AgentSettingsError>
        do throws(AgentSettingsError) {
            let environment = SettingsOptions.environment
            settings = try AgentSettings.gather(options: settings, environment: environment, file: options.config)
            configuration = .success(try settings.configuration(environment: environment))
        } catch {
            configuration = .failure(error)
        }
        let doctor = Doctor(settings: settings, configuration: configuration) { Int64(Date().timeIntervalSince1970) }
        return await doctor.examine()
    }
}
