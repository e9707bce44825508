import Inventory
import PackageIdentity

/// What collectors found in one place, in the order in which they said it, so that it can be said again without them.
struct Journal {
    private(set) var bytes: [UInt8] = []

    /// Whether something could not be read: that may be otherwise the next time, whatever the file's facts say.
    private(set) var hasWarnings = false

    /// Most bytes: what says the same again and again takes no room among findings, but would here.
    static let limit = 16 << 20

    /// Whether there was more than that; then there is nothing.
    private(set) var isCutOff = false

    private enum Kind: UInt8 {
        case installed, declared, warning
    }

    mutating func note(_ evidence: PackageEvidence, _ package: PackageURL, at path: String) {
        note(evidence == .installed ? .installed : .declared, package.description, path)
    }

    mutating func note(warning reason: String, at path: String) {
        hasWarnings = true
        note(.warning, reason, path)
    }

    private mutating func note(_ kind: Kind, _ what: String, _ path: String) {
        guard !isCutOff else { return }
        guard bytes.count + what.utf8.count + path.utf8.count + 9 <= Self.limit else {
            bytes = []
            return isCutOff = true
        }
        bytes.append(kind.rawValue)
        bytes.append(sized: what.utf8)
        bytes.append(sized: path.utf8)
    }

    /// Says everything again.
    static func replay(_ bytes: UnsafeRawBufferPointer, into findings: inout Findings) throws(DamagedMemory) {
        var reader = MemoryReader(bytes)
        while !reader.isAtEnd {
            guard let kind = Kind(rawValue: try reader.part(1)[0]) else { throw DamagedMemory() }
            let what = try reader.text()
            let path = try reader.text()
            if kind == .warning {
                findings.warn(path, what)
                continue
            }
            guard let package = try? PackageURL(what) else { throw DamagedMemory() }
            findings.add(kind == .installed ? .installed : .declared, at: path) { package }
        }
    }
}
