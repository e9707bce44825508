/// Mix's lock file: `"cowboy": {:hex, :cowboy, "2.10.0", …},`, one package a line.
///
/// - Source: <https://hexdocs.pm/mix/Mix.Tasks.Deps.html>
enum MixLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        OutlineLine.lines(bytes).compactMap { line in
            guard let start = line.text.firstRange(of: "{:hex, :") else { return nil }
            let parts = line.text[start.upperBound...].split(separator: ",", maxSplits: 2)
            guard parts.count >= 2 else { return nil }
            return DeclaredPackage("hex", parts[0].unquoted, parts[1].trimmed.unquoted)
        }
    }
}
