import Crypto
import Foundation
import PackageIdentity
import Stores

/// The company's active exceptions as VEX: what has a justification is not affected, everything else is affected and will not be fixed until
/// its end. Only exceptions that hold for every agent: VEX speaks of software and has no word for a machine.
struct VEXExport: Sendable {
    private let statements: [Statement]
    private let author: String
    private let now: Date
    /// Names the document by what it says, so that the same decisions are the same document.
    private let id: UUID

    private struct Statement: Sendable {
        let exception: RiskException
        let subject: AcceptedSubject

        var action: String { "Accepted until \(exception.expiresAt.formatted(.iso8601)): \(exception.request.comment)" }
        var decidedAt: Date { exception.decision?.at ?? exception.request.at }
    }

    init(_ acceptance: Acceptance, author: String, at now: Date) {
        let exceptions = Dictionary(acceptance.exceptions.map { ($0.id, $0) }) { first, _ in first }
        statements = acceptance.subjects.compactMap { subject in
            exceptions[subject.exception].map { Statement(exception: $0, subject: subject) }
        }.sorted {
            ($0.subject.vulnerability, $0.exception.id.description) < (
                $1.subject.vulnerability, $1.exception.id.description
            )
        }
        self.author = author
        self.now = now
        let words = statements.flatMap {
            [$0.exception.id.description, $0.subject.vulnerability] + $0.subject.packages
        }
        id = Self.name(of: words)
    }

    /// RFC 9562 section 5.8 (UUID version 8).
    private static func name(of words: [String]) -> UUID {
        var bytes = Array(SHA256.hash(data: Data(words.joined(separator: "\n").utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    // MARK: - OpenVEX

    /// Version 0.2.0.
    /// - Source: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>
    var openVEX: some Encodable {
        OpenVEX(
            id: "urn:uuid:\(id.uuidString.lowercased())", author: author, timestamp: now,
            statements: statements.map(OpenVEX.Statement.init))
    }

    private struct OpenVEX: Encodable {
        let context = "https://openvex.dev/ns/v0.2.0"
        let id: String
        let author: String
        let timestamp: Date
        let version = 1
        let tooling = "ZeroTrace"
        let statements: [Statement]

        private enum CodingKeys: String, CodingKey {
            case author, timestamp, version, tooling, statements
            case context = "@context"
            case id = "@id"
        }

        struct Vulnerability: Encodable {
            let name: String
            let aliases: [String]?
        }

        struct Product: Encodable {
            let id: String
            let identifiers: [String: String]

            private enum CodingKeys: String, CodingKey {
                case identifiers
                case id = "@id"
            }
        }

        struct Statement: Encodable {
            let vulnerability: Vulnerability
            let products: [Product]
            let status: String
            let justification: String?
            let impactStatement: String?
            let actionStatement: String?
            let timestamp: Date

            private enum CodingKeys: String, CodingKey {
                case vulnerability, products, status, justification, timestamp
                case impactStatement = "impact_statement"
                case actionStatement = "action_statement"
            }

            init(_ statement: VEXExport.Statement) {
                let (exception, subject) = (statement.exception, statement.subject)
                vulnerability = Vulnerability(
                    name: subject.vulnerability, aliases: subject.aliases.isEmpty ? nil : subject.aliases)
                products = subject.packages.map { Product(id: $0, identifiers: ["purl": $0]) }
                status = exception.justification == nil ? "affected" : "not_affected"
                justification = exception.justification?.rawValue
                impactStatement = exception.justification == nil ? nil : exception.request.comment
                actionStatement = exception.justification == nil ? statement.action : nil
                timestamp = statement.decidedAt
            }
        }
    }

    // MARK: - CycloneDX

    /// Version 1.6.
    /// - Source: <https://cyclonedx.org/docs/1.6/json/>
    var cycloneDX: some Encodable {
        let packages = Set(statements.flatMap(\.subject.packages)).sorted()
        return CycloneDX(
            serialNumber: "urn:uuid:\(id.uuidString.lowercased())",
            metadata: .init(timestamp: now, authors: [.init(name: author)]),
            components: packages.map(CycloneDX.Component.init), vulnerabilities: statements.map(CycloneDX.Entry.init))
    }

    private struct CycloneDX: Encodable {
        let bomFormat = "CycloneDX"
        let specVersion = "1.6"
        let serialNumber: String
        let version = 1
        let metadata: Metadata
        let components: [Component]
        let vulnerabilities: [Entry]

        struct Author: Encodable {
            let name: String
        }

        struct Metadata: Encodable {
            let timestamp: Date
            let authors: [Author]
        }

        struct Component: Encodable {
            let type = "library"
            let reference: String
            let name: String
            let purl: String

            private enum CodingKeys: String, CodingKey {
                case type, name, purl
                case reference = "bom-ref"
            }

            init(_ package: String) {
                reference = package
                purl = package
                name = (try? PackageURL(package))?.displayName ?? package
            }
        }

        struct Analysis: Encodable {
            let state: String
            let justification: String?
            let response: [String]?
            let detail: String
            let firstIssued: Date
        }

        struct Target: Encodable {
            let ref: String
        }

        struct Entry: Encodable {
            let id: String
            let analysis: Analysis
            let affects: [Target]

            init(_ statement: VEXExport.Statement) {
                let (exception, subject) = (statement.exception, statement.subject)
                id = subject.vulnerability
                analysis = Analysis(
                    state: exception.justification == nil ? "exploitable" : "not_affected",
                    justification: exception.justification?.cycloneDX,
                    response: exception.justification == nil ? ["will_not_fix"] : nil,
                    detail: exception.justification == nil ? statement.action : exception.request.comment,
                    firstIssued: statement.decidedAt)
                affects = subject.packages.map { Target(ref: $0) }
            }
        }
    }
}

extension ExceptionJustification {
    /// CycloneDX's word, as reports of the command line have it.
    fileprivate var cycloneDX: String {
        switch self {
        case .componentNotPresent: "requires_dependency"
        case .codeNotPresent: "code_not_present"
        case .codeNotInExecutePath: "code_not_reachable"
        case .codeNotControllable: "requires_environment"
        case .mitigated: "protected_by_mitigating_control"
        }
    }
}
