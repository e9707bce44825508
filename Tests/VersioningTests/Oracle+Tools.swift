import Foundation

extension Oracle {
    /// rpm's own comparison, through its Lua.
    static let rpm = find("rpm").map { rpm in
        let lua = """
            for line in io.lines() do
              local tab = line:find('\\t', 1, true);
              local read, order = pcall(rpm.vercmp, line:sub(1, tab - 1), line:sub(tab + 1));
              print((read and order or 'error') .. '\\n')
            end
            """
        return Oracle(executable: rpm, arguments: ["--eval", "%{lua: \(lua)}"])
    }

    /// apk-tools 3, once per pair.
    static let apk = find("apk").map { apk in
        Oracle(
            executable: "/bin/bash",
            arguments: [
                "-c",
                """
                while IFS=$'\\t' read -r a b; do
                  \(apk) version --check --quiet "$a" "$b" >/dev/null 2>&1 || { echo error; continue; }
                  case $(\(apk) version --test "$a" "$b") in '<') echo -1;; '=') echo 0;; '>') echo 1;; *) echo error;; esac
                done
                """,
            ])
    }

    /// Ruby's `Gem::Version`.
    static let rubygems = find("ruby").map { ruby in
        Oracle(
            executable: ruby,
            arguments: [
                "-e",
                """
                STDIN.each_line(chomp: true) do |line|
                  a, b = line.split("\\t", -1).map { |text| Gem::Version.correct?(text) ? Gem::Version.new(text) : nil }
                  puts a && b ? a <=> b : "error"
                end
                """,
            ])
    }

    /// Composer's semver library, as Debian installs it.
    static let composer = find("php").flatMap { php -> Oracle? in
        let library = "/usr/share/php/Composer/Semver/autoload.php"
        guard FileManager.default.fileExists(atPath: library) else { return nil }
        let script = """
            require '\(library)';
            $parser = new Composer\\Semver\\VersionParser();
            while (($line = fgets(STDIN)) !== false) {
              list($a, $b) = explode("\\t", rtrim($line, "\\n"));
              try {
                list($a, $b) = [$parser->normalize($a), $parser->normalize($b)];
                // Among branches there is equality and no order; PHP would call all of them equal.
                $branches = strpos($a, "dev-") === 0 && strpos($b, "dev-") === 0;
                echo $branches ? strcmp($a, $b) <=> 0 : version_compare($a, $b), "\\n";
              }
              catch (UnexpectedValueException $e) { echo "error\\n"; }
            }
            """
        return Oracle(executable: php, arguments: ["-r", script])
    }

    /// Maven's `ComparableVersion`, which has a command line: it compares each argument with the one before.
    static let maven = find("java").flatMap { java -> Oracle? in
        let folder = "/usr/share/maven/lib"
        guard FileManager.default.fileExists(atPath: "\(folder)/maven-artifact-3.x.jar") else { return nil }
        let script = """
            tr '\\t' '\\n' | xargs -d '\\n' -s 1500000 -n 20000 \(java) -Xshare:auto -cp '\(folder)/*' \
            org.apache.maven.artifact.versioning.ComparableVersion |
            awk '/^1[.] /{n=0} /^   /{n++; if (n % 2) print $2 == "<" ? -1 : $2 == ">"}'
            """
        return Oracle(executable: "/bin/bash", arguments: ["-c", script])
    }

    /// Conan's own class.
    static let conan = python(
        """
        import sys
        from conan.internal.model.version import Version
        for line in sys.stdin.buffer.read().decode().split("\\n")[:-1]:
            a, b = map(Version, line.split("\\t"))
            print(0 if a == b else -1 if a < b else 1)
        """, needs: "conan.internal.model.version")

    /// pacman's library, called from Python.
    static let alpm = python(
        """
        import ctypes, sys
        alpm = ctypes.CDLL("libalpm.so.13")
        for line in sys.stdin.buffer.read().split(b"\\n")[:-1]:
            a, b = line.split(b"\\t")
            order = alpm.alpm_pkg_vercmp(a, b)
            print((order > 0) - (order < 0))
        """, needs: "ctypes; ctypes.CDLL('libalpm.so.13')")

    /// Go's own `semver` package, as its distribution carries it, built into a small program.
    static let golang = find("go").flatMap { go -> Oracle? in
        let script = """
            set -e; export GOFLAGS=-mod=mod GOPROXY=off
            source="$(\(go) env GOROOT)/src/cmd/vendor/golang.org/x/mod/semver/semver.go"; test -r "$source"
            folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
            mkdir "$folder/semver"; cp "$source" "$folder/semver/"; exec 3<&0; cd "$folder"
            printf 'module oracle\\n\\ngo 1.17\\n' > go.mod
            cat > main.go <<'END'
            package main
            import ("bufio"; "fmt"; "os"; "strings"; "oracle/semver")
            func main() {
                input := bufio.NewScanner(os.Stdin)
                for input.Scan() {
                    pair := strings.Split(input.Text(), "\\t")
                    if semver.IsValid(pair[0]) && semver.IsValid(pair[1]) {
                        fmt.Println(semver.Compare(pair[0], pair[1]))
                    } else { fmt.Println("error") }
                }
            }
            END
            \(go) build -o oracle . && ./oracle <&3
            """
        let oracle = Oracle(executable: "/bin/bash", arguments: ["-c", script])
        return (try? oracle.ask([("v1.0.0", "v1.0.1")])) == [-1] ? oracle : nil
    }
}
