import BoundedInput
import PackageIdentity

/// Compiled Erlang and Elixir applications: `ebin/NAME.app`.
///
/// What is part of Erlang/OTP or Elixir itself is of the type `otp`; everything else comes from Hex.
///
/// - Source: <https://www.erlang.org/doc/apps/kernel/app.html>
struct ErlangCollector: FileCollector {
    private static let limit = 1 << 20

    /// Applications of Erlang/OTP 25 to 28 and of Elixir.
    private static let ofTheLanguage = Set(
        """
        asn1 common_test compiler crypto debugger dialyzer diameter edoc eldap erl_docgen erl_interface erts et eunit ftp inets \
        jinterface kernel megaco mnesia observer odbc os_mon parsetools public_key reltool runtime_tools sasl snmp ssh ssl stdlib \
        syntax_tools tftp tools wx xmerl eex elixir ex_unit iex logger mix
        """.split(separator: " ").map(String.init))

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.hasSuffix(".app") && folder().hasSuffix("/ebin")
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/usr/lib/") || path.hasPrefix("/usr/lib64/") || path.hasPrefix("/usr/share/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let bytes = try BoundedFile.read(descriptor: file.number, limit: Self.limit)
            guard let application = ErlangApplication(bytes) else {
                throw FileFault.damaged("the application says no name and version")
            }
            let type = Self.ofTheLanguage.contains(application.name) ? "otp" : "hex"
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: type, name: application.name, version: application.version)
            }
        }
    }
}

/// Name and version out of an Erlang term: `{application, cowboy, [{description, "…"}, {vsn, "2.10.0"}, …]}.`
struct ErlangApplication: Equatable {
    let name: String
    let version: String

    /// - Returns: `nil` when either is not there.
    init?(_ bytes: [UInt8]) {
        var words = Words(String(decoding: bytes, as: UTF8.self))
        var before: (String?, String?) = (nil, nil)
        var name: String?
        var version: String?
        while let word = words.next(), version == nil || name == nil {
            if before.0 == "application", before.1 == ",", name == nil { name = word }
            if before.0 == "vsn", before.1 == ",", version == nil { version = word }
            before = (before.1, word)
        }
        guard let name, let version, !name.isEmpty, !version.isEmpty else { return nil }
        self.name = name
        self.version = version
    }

    /// Words, quoted texts and signs of a term, without comments.
    private struct Words {
        private var rest: Substring.UnicodeScalarView

        init(_ text: String) { rest = Substring(text).unicodeScalars }

        mutating func next() -> String? {
            while let first = rest.first {
                if first == "%" {
                    rest = rest.drop { $0 != "\n" }
                } else if first.properties.isWhitespace {
                    rest.removeFirst()
                } else {
                    break
                }
            }
            guard let first = rest.popFirst() else { return nil }
            if first == "\"" || first == "'" { return quoted(until: first) }
            guard Self.isPartOfWord(first) else { return String(first) }
            let tail = rest.prefix(while: Self.isPartOfWord)
            rest = rest.dropFirst(tail.count)
            return String(first) + String(tail)
        }

        private mutating func quoted(until quote: Unicode.Scalar) -> String {
            var text = String.UnicodeScalarView()
            while let scalar = rest.popFirst(), scalar != quote {
                if scalar == "\\", let escaped = rest.popFirst() { text.append(escaped) } else { text.append(scalar) }
            }
            return String(text)
        }

        private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || scalar == "@" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }
}
