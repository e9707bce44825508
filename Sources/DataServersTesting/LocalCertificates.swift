import Foundation

/// A certificate and the authority that signed it, as PEM files.
public final class LocalCertificates: Sendable {
    /// Certificate of the authority.
    public let authority: String
    /// Certificate of the server.
    public let certificate: String
    /// Key of the server.
    public let key: String

    private let folder: URL

    /// Whether the tests can have any.
    public static let canBeMade = LocalServer.isInstalled("openssl")

    /// Makes a new authority and certificate, good for a day.
    ///
    /// - Parameter name: What the certificate is for, as OpenSSL writes it.
    public init(for name: String = "IP:127.0.0.1") async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zerotrace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        // Those that all tests share are never let go: a keeper takes the keys away once the tests are gone. It is nobody's child: one
        // that has ended and is not asked after keeps Swift Testing from seeing the end of any exit test.
        let keeping = """
            (while [ -e "/proc/$1/exe" ] && [ -e "$2" ]; do sleep 0.3; done; rm -rf "$2") &
            """
        try await LocalProcess.run("sh", ["-c", keeping, "keeper", "\(getpid())", folder.path])
        func file(_ name: String) -> String { folder.appending(path: name).path }
        (authority, certificate, key) = (file("ca.pem"), file("server.pem"), file("server.key"))
        let elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try await LocalProcess.run(
            "openssl",
            ["req", "-x509", "-days", "1", "-subj", "/CN=test authority", "-keyout", file("ca.key"), "-out", authority]
                + elliptic)
        try await LocalProcess.run(
            "openssl",
            ["req", "-subj", "/CN=test server", "-addext", "subjectAltName=\(name)", "-keyout", key]
                + ["-out", file("server.csr")] + elliptic)
        try await LocalProcess.run(
            "openssl",
            [
                "x509", "-req", "-days", "1", "-copy_extensions", "copy", "-in", file("server.csr"), "-CA", authority,
                "-CAkey", file("ca.key"), "-CAcreateserial", "-out", certificate,
            ])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
