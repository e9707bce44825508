extension Distribution {
    /// Debian's codenames. Testing has the number it will be released as.
    ///
    /// - Source: <https://www.debian.org/releases/>
    static let debianReleases: [String: String] = [
        "buzz": "1.1", "rex": "1.2", "bo": "1.3", "hamm": "2.0", "slink": "2.1", "potato": "2.2", "woody": "3.0",
        "sarge": "3.1", "etch": "4.0", "lenny": "5.0", "squeeze": "6.0", "wheezy": "7", "jessie": "8", "stretch": "9",
        "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14", "duke": "15",
    ]

    /// Ubuntu's codenames, without their second word.
    ///
    /// - Source: <https://wiki.ubuntu.com/Releases>
    static let ubuntuReleases: [String: String] = [
        "warty": "4.10", "hoary": "5.04", "breezy": "5.10", "dapper": "6.06", "edgy": "6.10", "feisty": "7.04",
        "gutsy": "7.10", "hardy": "8.04", "intrepid": "8.10", "jaunty": "9.04", "karmic": "9.10", "lucid": "10.04",
        "maverick": "10.10", "natty": "11.04", "oneiric": "11.10", "precise": "12.04", "quantal": "12.10",
        "raring": "13.04", "saucy": "13.10", "trusty": "14.04", "utopic": "14.10", "vivid": "15.04", "wily": "15.10",
        "xenial": "16.04", "yakkety": "16.10", "zesty": "17.04", "artful": "17.10", "bionic": "18.04",
        "cosmic": "18.10",
        "disco": "19.04", "eoan": "19.10", "focal": "20.04", "groovy": "20.10", "hirsute": "21.04", "impish": "21.10",
        "jammy": "22.04", "kinetic": "22.10", "lunar": "23.04", "mantic": "23.10", "noble": "24.04",
        "oracular": "24.10",
        "plucky": "25.04", "questing": "25.10", "resolute": "26.04",
    ]

    /// The release as the distribution's advisories number it, `nil` when `text` does not tell.
    static func release(of id: String, from text: String) -> String? {
        let name = text.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(text[..<$0]) } ?? text
        guard let first = name.utf8.first else { return nil }
        let isNumber = (0x30...0x39).contains(first)
        switch id {
        case "debian", "raspbian": return isNumber ? debianNumber(name) : debianReleases[firstWord(name)]
        case "ubuntu": return isNumber ? parts(name, 2) : ubuntuReleases[firstWord(name)]
        case "alpine": return isNumber ? parts(name, 2) : alpineWord(name)
        case "amzn": return isNumber ? amazonGeneration(name) : nil
        case "sles": return isNumber ? servicePack(name) : nil
        case "openeuler": return isNumber ? asciiUppercase(firstWord(name)) : nil
        case "alpaquita", "bellsoft-hardened-containers":
            return isNumber ? parts(name, 1) : name == "stream" ? name : nil
        case "rhel_eus", "rhel_aus", "rhel_tus", "rhel_e4s", "opensuse-leap", "opensuse-leap-micro", "sle-micro",
            "sl-micro", "photon":
            return isNumber ? parts(name, 2) : nil
        case "rocky", "almalinux", "rhel", "rhel_els", "centos", "ol", "fedora", "mageia", "azurelinux":
            return isNumber ? parts(name, 1) : nil
        default: return isNumber ? firstWord(name) : nil
        }
    }

    /// What stands before the first space, so before `(bookworm)` or `LTS`.
    private static func firstWord(_ text: String) -> String {
        String(Substring(text.utf8.prefix { $0 != UInt8(ascii: " ") }))
    }

    private static func asciiUppercase(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x61...0x7a).contains($0) ? $0 & 0xdf : $0 }, as: UTF8.self)
    }

    /// `2`, `2022` and `2023` name a generation; before them releases were dates (`2018.03`), all of the first one.
    private static func amazonGeneration(_ text: String) -> String {
        let major = parts(text, 1)
        guard let year = Int(major), (2011...2018).contains(year) else { return major }
        return "1"
    }

    /// `15.5`, `15-sp5`, `15 sp5` and `15sp5` are the same: `15.5`; `15.0` is `15`.
    private static func servicePack(_ text: String) -> String {
        let major = parts(text, 1)
        var rest = Substring(text.utf8.dropFirst(major.utf8.count).drop { [0x2d, 0x20, 0x2e, 0x5f].contains($0) })
        if rest.hasPrefix("sp") { rest = rest.dropFirst(2) }
        let minor = parts(String(rest), 1)
        return minor.isEmpty || (minor == "0" && major != "16") ? major : "\(major).\(minor)"
    }

    /// Up to squeeze (6.0) the release had two parts; since wheezy the second one counts point releases.
    private static func debianNumber(_ text: String) -> String {
        let major = parts(text, 1)
        return ["1", "2", "3", "4", "5", "6"].contains(major) ? debianOldNumber(text, major: major) : major
    }

    private static func debianOldNumber(_ text: String, major: String) -> String {
        let two = parts(text, 2)
        return two == major ? major + ".0" : two
    }

    /// `edge`, and tags as `v3.18`.
    private static func alpineWord(_ text: String) -> String? {
        if text == "edge" { return text }
        let rest = text.dropFirst()
        guard text.hasPrefix("v"), let first = rest.utf8.first, (0x30...0x39).contains(first) else { return nil }
        return parts(String(rest), 2)
    }

    /// The first `count` parts of a dotted number, without anything behind a `_` or `-` (`3.21.0_alpha20240923`).
    private static func parts(_ text: String, _ count: Int) -> String {
        var dots = 0
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if byte == UInt8(ascii: ".") { dots += 1 }
            if dots == count || !(byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte)) {
                return String(text[..<index])
            }
        }
        return text
    }
}

/// The text with ASCII capitals made small.
func asciiLowercase(_ text: String) -> String {
    text.utf8.contains { $0 >= 0x41 && $0 <= 0x5a } ? String(decoding: text.utf8.map(lowercase), as: UTF8.self) : text
}
