import JSONDocuments
import PackageIdentity

/// One query of the OSV API, checked as OSV.dev checks it.
///
/// - Source: <https://google.github.io/osv.dev/post-v1-query/>
struct OSVQuery {
    /// What is asked about.
    enum Subject {
        /// A commit. The index holds no commits, so nothing is ever found.
        case commit
        case purl(PackageURL)
        case package(ecosystem: String, name: String)
    }

    let subject: Subject
    /// `nil` asks for everything known of the package.
    let version: String?
    let pageToken: String?

    init(_ value: JSONValue) throws(ServiceError) {
        guard value.kind == .object else { throw .invalid("A query must be a JSON object.") }
        // The gateway in front of OSV.dev reads proto3 JSON, which takes a field's name in either spelling.
        let token = try value.text("page_token")
        pageToken = if let token { token } else { try value.text("pageToken") }
        let stated = try value.text("version")
        let commit = try value.text("commit")
        guard commit == nil || stated == nil else {
            throw .invalid("A query has a \"commit\" or a \"version\", not both.")
        }
        let package = value["package"].flatMap { $0.isNull ? nil : $0 }
        guard package?.kind ?? .object == .object else { throw .invalid("\"package\" must be an object.") }
        let purl = try package?.text("purl")
        let name = try package?.text("name")
        let ecosystem = try package?.text("ecosystem")
        if let commit {
            guard commit.utf8.count.isMultiple(of: 2), commit.utf8.allSatisfy(Self.isHex) else {
                throw .invalid("Invalid hash.")
            }
            subject = .commit
            version = nil
        } else if let purl {
            // In the order, and in the words, of OSV.dev, as some clients know them.
            guard let parsed = try? PackageURL(purl) else { throw .invalid("Invalid Package URL.") }
            guard name == nil else { throw .invalid("name specified in a PURL query") }
            guard ecosystem == nil else { throw .invalid("ecosystem specified in a PURL query") }
            guard parsed.version == nil || stated == nil else {
                throw .invalid("version specified in params and PURL query")
            }
            subject = .purl(parsed)
            version = parsed.version ?? stated
        } else if let name, let ecosystem {
            subject = .package(ecosystem: ecosystem, name: name)
            version = stated
        } else {
            throw .invalid("Invalid query.")
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
