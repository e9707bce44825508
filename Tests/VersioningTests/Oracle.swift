import Foundation

/// A tool of an ecosystem that compares versions, and how it is asked about many pairs at once.
struct Oracle {
    let executable: String
    let arguments: [String]

    /// dpkg itself, once per pair: `dpkg` has no way to be asked about more.
    static let dpkg = find("dpkg").map { dpkg in
        Oracle(
            executable: "/bin/bash",
            arguments: [
                "-c",
                """
                while IFS=$'\\t' read -r a b; do
                  if \(dpkg) --compare-versions "$a" lt "$b" 2>/dev/null; then echo -1
                  elif [ $? = 2 ]; then echo error
                  elif \(dpkg) --compare-versions "$a" eq "$b" 2>/dev/null; then echo 0
                  else echo 1; fi
                done
                """,
            ])
    }

    /// apt's comparison, which is dpkg's without its checks, many pairs at once.
    static let apt = python(
        """
        import sys, apt_pkg
        apt_pkg.init_system()
        for line in sys.stdin.buffer.read().decode().split("\\n")[:-1]:
            order = apt_pkg.version_compare(*line.split("\\t"))
            print((order > 0) - (order < 0))
        """, needs: "apt_pkg")

    /// Python's `packaging`; for what it refuses the order of the legacy versions it once had, restated. No order for a
    /// PEP 440 version with a broken local label.
    static let packaging = python(
        """
        import re, sys
        from packaging.version import Version, InvalidVersion
        names = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}
        def legacy(text):
            found = []
            pieces = [names.get(p, p) for p in re.split("([0-9]+|[a-z]+|[.]|-)", text.lower()) if p not in ("", ".")]
            for piece in [p.zfill(8) if p[0] in "0123456789" else "*" + p for p in pieces] + ["*final"]:
                if piece < "*final":
                    while found and piece[0] == "*" and found[-1] == "*final-": found.pop()
                while piece[0] == "*" and found and found[-1] == "00000000": found.pop()
                found.append(piece)
            return found
        def version(text):
            try: return Version(text)
            except InvalidVersion: return None
        def parse(text):
            if version(text): return (1, version(text))
            return None if "+" in text and version(text[:text.find("+")]) else (0, legacy(text))
        for line in sys.stdin.buffer.read().decode("utf-8").split("\\n")[:-1]:
            a, b = map(parse, line.split("\\t"))
            print("error" if a is None or b is None else (a > b) - (a < b))
        """, needs: "packaging.version")

    /// node's `semver` in strict mode, from Debian's node-semver or the folder in `ZEROTRACE_SEMVER`.
    static let nodeSemver = find("node").flatMap { node -> Oracle? in
        let script = """
            const folder = process.env.ZEROTRACE_SEMVER || "/usr/share/nodejs/semver";
            // Not the whole module: its ranges need lru-cache, which a node beside Debian's does not find.
            const parse = require(folder + "/functions/parse"), compare = require(folder + "/functions/compare");
            const lines = require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1);
            console.log(lines.map((line) => {
              const [a, b] = line.split("\\t").map((text) => parse(text));
              return a && b ? compare(a, b) : "error";
            }).join("\\n"));
            """
        let oracle = Oracle(executable: node, arguments: ["-e", script])
        return (try? oracle.ask([("1.0.0", "1.0.1")])) == [-1] ? oracle : nil
    }

    /// A Python script for the first Python that has that module: the tests' own, the one on `PATH`, the system's.
    static func python(_ script: String, needs module: String) -> Oracle? {
        let own = ProcessInfo.processInfo.environment["ZEROTRACE_PYTHON"]
        for python in [own, find("python3"), "/usr/bin/python3"].compactMap({ $0 }) {
            let probe = Oracle(executable: python, arguments: ["-c", "import \(module); print(0)"])
            guard (try? probe.run(input: "")) == "0\n" else { continue }
            return Oracle(executable: python, arguments: ["-c", script])
        }
        return nil
    }

    /// The path of a program on `PATH`.
    static func find(_ program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Asks about pairs: -1, 0, 1 as the tool orders them, `nil` where it refuses one of the two.
    func ask(_ pairs: [(String, String)]) throws -> [Int?] {
        let input = pairs.map { "\($0)\t\($1)\n" }.joined()
        let answers = try run(input: input).split(separator: "\n")
        guard answers.count == pairs.count else { throw OracleError.answers(answers.count, questions: pairs.count) }
        return answers.map { Int($0) }
    }

    /// Runs the tool with a file as its standard input, so that neither side can block the other.
    func run(input: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("oracle-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

enum OracleError: Error {
    case answers(Int, questions: Int)
}
