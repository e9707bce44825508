import ArgumentParser
import DirectCommands
import Inventory
import Reports
import Scoring

/// CVSS vectors and their scores.
struct CVSSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvss", abstract: "Score CVSS vectors of version 2.0, 3.0, 3.1 and 4.0.",
        discussion: """
            Prints one line a vector: the vector, its score with one decimal, and the severity (none, low, medium, high, critical), \
            with tabs between them. The score takes in the temporal, threat and environmental metrics that the vector states. What is \
            no vector is named on standard error, and the exit code is then 1 once all others are printed.
            """)
    @Argument(help: ArgumentHelp("A vector; without any, one a line is read from standard input.", valueName: "VECTOR"))
    var vectors: [String] = []

    func run() throws {
        let output = Terminal.output()
        let lines = CVSSLines(to: output)
        var refused = 0
        func score(_ vector: String) throws {
            do throws(CVSSError) {
                try lines.score(vector)
            } catch {
                refused += 1
                // In order with what was printed, for those who see both.
                try output.flush()
                Terminal.warn("\(TerminalText.harmless(String(vector.prefix(512)))): \(error)")
            }
        }
        if vectors.isEmpty {
            try LineFilter.run(output) {
                try score(String(decoding: $0, as: UTF8.self))
            } refuse: {
                try score("")
            }
        } else {
            for vector in vectors { try score(vector) }
        }
        try output.flush()
        if refused > 0 { throw ExitCode(1) }
    }
}
