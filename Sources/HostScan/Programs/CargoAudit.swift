import BoundedInput
import JSONDocuments

/// The crates that a Rust program was built of, as cargo-auditable notes them.
///
/// - Source: <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>
enum CargoAudit {
    static let section = ".dep-v0"

    /// Most bytes of the list, packed and unpacked. The format's own bound for the latter is 8 MB.
    private static let packedLimit = 8 << 20
    private static let limit = 8 << 20

    struct Crate: Equatable {
        let name: String
        let version: String
    }

    /// The crates that are in the program; those that only built it are left out.
    static func crates(_ program: ElfFile, section: ElfFile.Piece) throws -> [Crate] {
        guard section.count <= packedLimit else {
            throw FileFault.damaged("a list of crates of \(section.count) bytes")
        }
        return try crates(packed: try program.source.read(at: section.offset, count: section.count))
    }

    /// - Parameter packed: A zlib stream of JSON.
    static func crates(packed: [UInt8]) throws -> [Crate] {
        let text: [UInt8]
        do {
            text = try Deflate.decompress(packed, wrapper: .zlib, limit: limit)
        } catch {
            throw FileFault.damaged("the list of crates cannot be unpacked")
        }
        guard let packages = try JSONParser().parse(text)["packages"]?.array else { return [] }
        return packages.compactMap { package in
            guard package["kind"]?.isString("build") != true, let name = package["name"]?.string,
                let version = package["version"]?.string
            else { return nil }
            return Crate(name: name, version: version)
        }
    }
}
