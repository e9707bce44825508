import JSONDocuments
import PackageIdentity

/// NuGet packages that a .NET program brings or that a shared runtime is made of: `NAME.deps.json` beside the assemblies.
///
/// - Source: <https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md>
struct DotNetCollector: FileCollector {
    /// Before the names of runtimes that a self-contained program carries along.
    private static let runtimePack = "runtimepack."

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.hasSuffix(".deps.json")
    }

    /// Ubuntu, Fedora and Alpine build .NET themselves, into these folders; Microsoft's packages lie in `/usr/share/dotnet`.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/usr/lib/dotnet/") || path.hasPrefix("/usr/lib64/dotnet/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let document = try JSONFile.read(file)
            guard let libraries = document["libraries"]?.object else { return }
            let target = document["runtimeTarget"]?["name"]?.string.flatMap { document["targets"]?[$0] }
            for (library, facts) in libraries where isThere(library, facts, target) {
                let parts = library.split(separator: "/")
                guard parts.count == 2 else { continue }
                let name = parts[0].hasPrefix(Self.runtimePack) ? parts[0].dropFirst(Self.runtimePack.count) : parts[0]
                findings.add(at: path) { () throws(PackageURLError) in
                    try PackageURL(type: "nuget", name: String(name), version: String(parts[1]))
                }
            }
        }
    }

    /// Whether the program has files of it: projects are the program's own, and packages without files to run were there to compile only.
    private func isThere(_ library: String, _ facts: JSONValue, _ target: JSONValue?) -> Bool {
        guard let kind = facts["type"]?.string else { return false }
        if kind == "runtimepack" { return true }
        guard kind == "package" else { return false }
        guard let assets = target?[library] else { return true }
        return ["runtime", "runtimeTargets", "native"].contains { (assets[$0]?.object?.count ?? 0) > 0 }
    }
}
