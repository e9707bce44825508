import BoundedInput
import Foundation
import Stores

extension IdentityProvider: Decodable {
    private enum CodingKeys: String, CodingKey {
        case name, issuer, company, rules
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case redirectURL = "redirect_url"
    }

    /// Reads the form of the file.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            issuer: try container.decode(String.self, forKey: .issuer),
            clientID: try container.decode(String.self, forKey: .clientID),
            clientSecret: try container.decodeIfPresent(String.self, forKey: .clientSecret),
            redirectURL: try container.decode(String.self, forKey: .redirectURL),
            company: try container.decode(String.self, forKey: .company),
            rules: try container.decodeIfPresent([Rule].self, forKey: .rules) ?? [])
    }

    /// Reads providers from a file, a list in JSON: `name`, `issuer`, `client_id`, `client_secret`, `redirect_url`, `company`, and `rules` with
    /// `claim`, `value` and `role` each. It holds secrets, so it should be readable by the server alone.
    ///
    /// - Throws: ``GatewayError/invalidConfiguration(_:)``, which names the place and shows nothing of the file.
    public static func read(path: String) throws(GatewayError) -> [IdentityProvider] {
        do {
            return try JSONBody.decode([IdentityProvider].self, from: try BoundedFile.read(path, limit: 256 << 10))
        } catch let error as APIError {
            throw .invalidConfiguration("identity providers: \(error.message)")
        } catch {
            throw .invalidConfiguration("identity providers: the file cannot be read")
        }
    }
}
