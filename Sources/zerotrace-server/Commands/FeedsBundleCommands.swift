import ArgumentParser
import DirectCommands
import Enrichment
import Foundation

/// Makes the key that signs bundles.
struct FeedsKeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Make a key that signs feed bundles.",
        discussion:
            "The public half is written beside it, with .pub at the end of its name: give that to whoever imports.")
    @Option(help: ArgumentHelp("Where to write the private key; the file must not exist.", valueName: "KEYFILE"))
    var output: String

    func run() throws {
        let key = BundleSigningKey()
        let publicPath = try key.save(path: output)
        print("private \(output)\npublic  \(publicPath)\n\(key.publicKey)")
    }
}

/// Writes the snapshots as one signed file.
struct FeedsBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Write the snapshots as one signed file, or add to a mirror of such files.",
        discussion: """
            The same file serves sites without a network, by `feeds import`, and a web server's folder, by \
            `feeds sync --mirror URL --trust KEY`.
            """)
    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("The private key, as `feeds keygen` wrote it.", valueName: "KEYFILE")) var key: String
    @Option(help: ArgumentHelp("Where to write the bundle.", valueName: "FILE")) var output: String?
    @Option(
        help: ArgumentHelp(
            "Write only what changed since this bundle, which whoever imports must have.", valueName: "BUNDLE"))
    var since: String?
    @Option(
        help: ArgumentHelp(
            "Add to this mirror's folder instead: what changed since its newest bundle, and now and then everything.",
            valueName: "DIR"))
    var publish: String?

    func validate() throws {
        if (output == nil) == (publish == nil) { throw ValidationError("Either --output or --publish says where to.") }
        if since != nil && publish != nil { throw ValidationError("--publish finds by itself what it adds to.") }
    }

    func run() async throws {
        let writer = BundleWriter(data: data.folder, key: try BundleSigningKey(path: key))
        let summary: BundleWriter.Summary
        if let publish {
            summary = try await writer.publish(to: publish)
        } else {
            summary = try await writer.write(to: output ?? "", since: since)
        }
        let base = summary.base.map { "adds to \($0)" } ?? "has everything"
        print(
            "bundle \(summary.sequence), \(base): \(summary.files) files of \(summary.feeds) feeds, \(summary.size) bytes"
        )
    }
}

/// Takes a bundle.
struct FeedsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Verify a feed bundle, take its snapshots and compile them into the index.",
        discussion:
            "Nothing changes unless all of it is whole, signed by a trusted key, and not older than what is in use.")
    @OptionGroup var data: DataOptions
    @OptionGroup var limits: WithdrawalOptions
    @Argument(help: "The bundle.") var file: String
    @Option(help: ArgumentHelp("A public key, or the file with it; may be repeated.", valueName: "KEY")) var trust:
        [String]

    func run() async throws {
        var options = FeedSync.Options()
        options.acceptedWithdrawals = Set(limits.acceptWithdrawals)
        options.allowsRollback = limits.allowRollback
        try FeedsCommand.show(
            try await FeedSync.importBundle(
                file, data: data.folder, trust: try trust.map { try BundleKey($0) }, options: options,
                progress: Terminal.progress))
    }
}
