/// One parser of outside bytes under a name, as the fuzzer runs it.
struct FuzzTarget: Sendable {
    /// What `FUZZ_TARGET` and the folder of seeds are called, `cvss`, `version-deb`.
    let name: String
    /// The longest input that is tried, in bytes.
    let maximumLength: Int
    /// How inputs are written down, which decides how they are varied.
    let form: Form
    /// The name of a file in `Dictionaries`; `nil` for none.
    let dictionary: String?
    /// Runs the parser. Refusing the input is fine; a broken promise ends the process through ``require(_:_:)``.
    let run: @Sendable ([UInt8]) throws -> Void

    /// How inputs of a target are written down.
    enum Form {
        /// Varied byte by byte alone.
        case bytes
        /// Varied value by value, too: JSON that is broken in its syntax tests nothing but the first line of a loader.
        case json
    }

    init(
        _ name: String, maximumLength: Int = 4096, form: Form = .bytes, dictionary: String? = nil,
        _ run: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.maximumLength = maximumLength
        self.form = form
        self.dictionary = dictionary ?? (form == .json ? "json" : nil)
        self.run = run
    }
}

/// Ends the process when a promise of the code under test is broken, so that the fuzzer keeps the input as a finding.
func require(_ holds: Bool, _ promise: @autoclosure () -> String) {
    if !holds { fatalError("broken promise: \(promise())") }
}

extension [UInt8] {
    /// The input as text, broken UTF-8 replaced.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The input cut at line ends, empty lines kept, at most `limit` pieces.
    func lines(limit: Int) -> [String] {
        split(separator: UInt8(ascii: "\n"), maxSplits: limit - 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
