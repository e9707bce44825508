"""Version comparison by the ecosystems' own tools, none of it this project's code.

Where the tool does not run here (NuGet, Pub, Hackage, Swift, CPE) the rule is written out plainly from its specification.
"""
import functools
import os
import re
import shutil
import subprocess


class Unordered(Exception):
    """The tool refuses a version."""


def _run(command, pairs):
    text = "".join(f"{a}\t{b}\n" for a, b in pairs)
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    answers = done.stdout.decode().split("\n")[: len(pairs)]
    assert len([a for a in answers if a]) == len(pairs), (command[0], done.stderr.decode()[-400:])
    return [None if a == "error" else max(-1, min(1, int(a))) for a in answers]


class Tool:
    """A tool that compares many pairs at once; answers are kept."""

    def __init__(self, command, spelling=str):
        self.command, self.spelling, self.known = command, spelling, {}

    def prefetch(self, pairs):
        wanted = sorted({(self.spelling(a), self.spelling(b)) for a, b in pairs} - self.known.keys())
        for start in range(0, len(wanted), 100000):
            part = wanted[start : start + 100000]
            self.known.update(zip(part, _run(self.command, part)))

    def __call__(self, a, b):
        pair = self.spelling(a), self.spelling(b)
        if pair not in self.known:
            self.prefetch([(a, b)])
        if self.known[pair] is None:
            raise Unordered(pair)
        return self.known[pair]


class Rule:
    """A comparison by sort keys."""

    def __init__(self, key):
        self.key = functools.lru_cache(None)(key)

    def prefetch(self, pairs):
        pass

    def __call__(self, a, b):
        left, right = self.key(a), self.key(b)
        return (left > right) - (left < right)


# --- Rules written from specifications ---------------------------------------------------------------------------------------------


def dotted(text):
    """Numbers with dots, compared one by one; the shorter of two otherwise alike is the lower (PVP, CPE)."""
    if not re.fullmatch(r"\d+(\.\d+)*", text):
        raise Unordered(text)
    return [int(p) for p in text.split(".")]


def padded(text):
    """As `dotted`, with missing parts as zeros."""
    numbers = dotted(text)
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?")


def _identifiers(text):
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in text.split(".")]


def semver(text):
    """Semantic Versioning 2.0, section 11."""
    found = _SEMVER.fullmatch(text)
    if not found:
        raise Unordered(text)
    pre = found[4]
    return [int(found[i]) for i in (1, 2, 3)], pre is None, _identifiers(pre) if pre else []


def loose_semver(text):
    """As `semver`, of one to three numbers."""
    found = re.fullmatch(r"v?(\d+(?:\.\d+){0,2})(.*)", text)
    if not found:
        raise Unordered(text)
    return semver(found[1] + ".0" * (2 - found[1].count(".")) + found[2])


def pub(text):
    """pub_semver: Semantic Versioning in which builds count, none being the lowest."""
    found = _SEMVER.fullmatch(text)
    return semver(text), _identifiers(found[5]) if found[5] else []


def nuget(text):
    """Up to four numbers; labels without regard to case; metadata does not count."""
    found = re.fullmatch(r"v?(\d+(?:\.\d+){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", text)
    if not found:
        raise Unordered(text)
    return padded(found[1]), found[2] is None, _identifiers(found[2].lower()) if found[2] else []


def pep440(text):
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion as error:
        raise Unordered(text) from error


# --- Tools -------------------------------------------------------------------------------------------------------------------------

APT = """
import sys, apt_pkg
apt_pkg.init_system()
for line in sys.stdin.read().split("\\n")[:-1]: print(apt_pkg.version_compare(*line.split("\\t")))
"""
RPM = """for line in io.lines() do local t = line:find('\\t', 1, true)
local ok, order = pcall(rpm.vercmp, line:sub(1, t - 1), line:sub(t + 1)); print((ok and order or 'error') .. '\\n') end"""
NODE = """
const parse = require("/usr/share/nodejs/semver/functions/parse"), compare = require("/usr/share/nodejs/semver/functions/compare");
for (const line of require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1)) {
  const [a, b] = line.split("\\t").map((t) => parse(t)); console.log(a && b ? compare(a, b) : "error"); }
"""
RUBY = """STDIN.each_line(chomp: true) { |l| a, b = l.split("\\t", -1).map { |t| Gem::Version.correct?(t) ? Gem::Version.new(t) : nil }
puts a && b ? a <=> b : "error" }"""
PHP = """require '/usr/share/php/Composer/Semver/autoload.php'; $p = new Composer\\Semver\\VersionParser();
while (($l = fgets(STDIN)) !== false) { list($a, $b) = explode("\\t", rtrim($l, "\\n"));
try { $a = $p->normalize($a); $b = $p->normalize($b);
echo (strpos($a, "dev-") === 0 || strpos($b, "dev-") === 0) ? "error" : version_compare($a, $b), "\\n"; }
catch (UnexpectedValueException $e) { echo "error\\n"; } }"""
MAVEN = """tr '\\t' '\\n' | xargs -d '\\n' -s 1500000 -n 20000 java -Xshare:auto -cp '/usr/share/maven/lib/*' \
org.apache.maven.artifact.versioning.ComparableVersion | awk '/^1[.] /{n=0} /^   /{n++; if (n % 2) print $2 == "<" ? -1 : $2 == ">"}'"""
GO = """set -e; export GOFLAGS=-mod=mod GOPROXY=off; d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; mkdir "$d/semver"
cp "$(go env GOROOT)/src/cmd/vendor/golang.org/x/mod/semver/semver.go" "$d/semver/"; exec 3<&0; cd "$d"; printf 'module o\\n\\ngo 1.17\\n' > go.mod
cat > main.go <<'END'
package main
import ("bufio"; "fmt"; "os"; "strings"; "o/semver")
func main() { s := bufio.NewScanner(os.Stdin); for s.Scan() { p := strings.Split(s.Text(), "\\t")
if semver.IsValid(p[0]) && semver.IsValid(p[1]) { fmt.Println(semver.Compare(p[0], p[1])) } else { fmt.Println("error") } } }
END
go build -o o . && ./o <&3"""
APK = """while IFS=$'\\t' read -r a b; do case $(apk version -t "$a" "$b") in '<') echo -1;; '=') echo 0;; '>') echo 1;; *) echo error;; esac; done"""


def _apk():
    """`$APK_COMPARE`, a program that reads pairs, else apk itself."""
    if os.environ.get("APK_COMPARE"):
        return [os.environ["APK_COMPARE"]]
    if shutil.which("apk"):
        return ["bash", "-c", APK]
    raise SystemExit("apk is missing; name a program that compares tab-separated pairs in APK_COMPARE")


def go_spelling(text):
    """Go's advisories leave the `v` out, its modules do not, and its releases begin with `go`."""
    return "v" + text.removeprefix("go").removeprefix("v")


_TOOLS = {
    "deb": lambda: Tool(["/usr/bin/python3", "-c", APT]),
    "rpm": lambda: Tool(["rpm", "--eval", "%{lua: " + RPM + "}"]),
    "apk": lambda: Tool(_apk()),
    "npm": lambda: Tool(["node", "-e", NODE]),
    "gem": lambda: Tool(["ruby", "-e", RUBY]),
    "composer": lambda: Tool(["php", "-r", PHP]),
    "maven": lambda: Tool(["bash", "-c", MAVEN]),
    "go": lambda: Tool(["bash", "-c", GO], go_spelling),
    "pep440": lambda: Rule(pep440),
    "semver": lambda: Rule(loose_semver),
    "nuget": lambda: Rule(nuget),
    "pub": lambda: Rule(pub),
    "dotted": lambda: Rule(dotted),
    "padded": lambda: Rule(padded),
}
_BY_ECOSYSTEM = {
    "Debian": "deb", "Ubuntu": "deb", "Alpine": "apk", "AlmaLinux": "rpm", "Rocky Linux": "rpm", "Red Hat": "rpm",
    "PyPI": "pep440", "npm": "npm", "Go": "go", "crates.io": "npm", "Maven": "maven", "RubyGems": "gem", "NuGet": "nuget",
    "Packagist": "composer", "Hex": "npm", "Pub": "pub", "SwiftURL": "semver", "Hackage": "dotted", "GHC": "dotted",
    "Bitnami": "semver", "Homebrew": "padded", "Linux": "padded", "cpe": "padded",
}


@functools.lru_cache(None)
def _order(style):
    return _TOOLS[style]()


def style(scope):
    return _BY_ECOSYSTEM.get(scope.split(":")[0])


def order(scope):
    """The comparison of a scope's versions."""
    return _order(style(scope))
