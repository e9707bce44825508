import Foundation

/// A company that simulated agents join.
public struct LoadTestCompany: Sendable, Decodable {
    /// Enrollment token with enough uses.
    public let token: String
    /// Of a user who may see findings; `nil` leaves findings unread and the stream unwatched.
    public let login: Login?

    /// How to sign in to the dashboard.
    public struct Login: Sendable, Decodable {
        let email: String
        let password: String
    }

    private enum CodingKeys: String, CodingKey { case token, email, password }

    /// A company of which nothing can be read.
    public init(token: String) {
        self.token = token
        login = nil
    }

    /// Reads `{"token": …, "email": …, "password": …}`, of which the last two may be missing together.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        token = try container.decode(String.self, forKey: .token)
        let email = try container.decodeIfPresent(String.self, forKey: .email)
        login = try email.map {
            Login(email: $0, password: try container.decode(String.self, forKey: .password))
        }
    }

    /// Reads a file with an array of companies.
    ///
    /// - Throws: ``LoadTestError`` for a file that others may read, as it holds secrets, and for one that cannot be read.
    public static func read(path: String) throws(LoadTestError) -> [LoadTestCompany] {
        let companies: [LoadTestCompany]
        do {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
            guard mode & 0o077 == 0 else {
                throw LoadTestError("\(path) holds secrets and may be read by others: chmod 600")
            }
            companies = try JSONDecoder().decode([LoadTestCompany].self, from: Data(contentsOf: URL(filePath: path)))
        } catch let error as LoadTestError {
            throw error
        } catch {
            // What a decoder says may hold the text that it could not read.
            throw LoadTestError("\(path) is no file with an array of companies")
        }
        guard !companies.isEmpty else { throw LoadTestError("\(path) names no company") }
        return companies
    }
}

/// Why a load test cannot begin. Holds no secret.
public struct LoadTestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// For people.
    public let description: String

    init(_ description: String) { self.description = description }
}
