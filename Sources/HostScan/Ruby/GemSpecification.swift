/// Name and version out of an installed gem's specification, which is a Ruby program that RubyGems wrote.
struct GemSpecification: Equatable {
    let name: String
    let version: String
    /// "java", "x86_64-linux"; empty for gems that run anywhere.
    let platform: String

    /// Reads the comment that RubyGems puts there to save itself from running the program, "# stub: nokogiri 1.15.4 x86_64-linux lib"; specifications
    /// of versions before 2.0 have none, and then the assignments count.
    ///
    /// - Returns: `nil` when neither says both.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        if let stub = lines.prefix(8).first(where: { $0.hasPrefix("# stub: ") }) {
            let words = stub.dropFirst(8).split(separator: " ")
            if words.count >= 3 {
                self.init(name: words[0], version: words[1], platform: words[2])
                return
            }
        }
        guard let name = Self.value(of: "name", in: lines), let version = Self.value(of: "version", in: lines) else {
            return nil
        }
        self.init(name: name, version: version, platform: Self.value(of: "platform", in: lines) ?? "ruby")
    }

    private init(name: Substring, version: Substring, platform: Substring) {
        self.name = String(name)
        self.version = String(version)
        self.platform = platform == "ruby" ? "" : String(platform)
    }

    /// What is assigned: `s.name = %q{rake}`, `s.name = "rake".freeze`, `s.version = Gem::Version.new("0.8.7")`.
    private static func value(of attribute: String, in lines: [Substring]) -> Substring? {
        for line in lines {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard let dot = line.firstIndex(of: "."), line[line.index(after: dot)...].hasPrefix("\(attribute) = ")
            else {
                continue
            }
            let expression = line[line.index(dot, offsetBy: attribute.count + 4)...]
            let quotes: [(Character, Character)] = [("\"", "\""), ("'", "'"), ("{", "}")]
            for (opening, closing) in quotes {
                guard let start = expression.firstIndex(of: opening) else { continue }
                let rest = expression[expression.index(after: start)...]
                if let end = rest.firstIndex(of: closing), end > rest.startIndex { return rest[..<end] }
            }
        }
        return nil
    }
}
