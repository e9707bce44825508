/// Which advisory scope a vendor's product belongs to: the mapping from what Red Hat, SUSE and Oracle call their products to the
/// scopes by which installed packages are looked up.
///
/// - Red Hat, by CPE: `cpe:/a:redhat:enterprise_linux:9::appstream` → `Red Hat:enterprise_linux:9`. The repositories behind `::`
///   share their packages, and minor releases of the main stream follow each other, so both are cut off. Streams of extended
///   support (`rhel_eus:9.2`, `rhel_aus`, `rhel_e4s`, `rhel_tus`, `rhel_els`) and other products keep theirs.
/// - SUSE, by name: the modules of an enterprise release (`Module for Basesystem 15 SP5`), its desktop, SAP and other flavours install
///   onto that release → `SUSE:Linux Enterprise Server 15 SP5`. Paid long-term support (`15 SP3-LTSS`) has a scope of its own, and
///   stands for the plain release where a document says nothing of that.
///
/// Source: <https://www.redhat.com/en/blog/future-red-hat-security-data>,
/// <https://documentation.suse.com/sles/15-SP5/html/SLES-all/article-modules.html>
struct VendorScope: Hashable {
    /// The scope, `Red Hat:enterprise_linux:9`.
    let scope: String
    /// The scope of the same release without paid support; `nil` when ``scope`` is that.
    var plainScope: String?

    private init(scope: String) {
        self.scope = scope
    }

    /// The scope of a platform in a CSAF document; `nil` for products that are no platform for RPM packages.
    init?(cpe: String?, name: String) {
        if let cpe, let known = VendorScope(cpe: cpe) {
            self = known
        } else if name.hasPrefix("SUSE ") || name.hasPrefix("openSUSE ") {
            self.init(suse: name)
        } else {
            return nil
        }
    }

    private init?(cpe text: String) {
        let parts = Self.components(text)
        guard parts.count >= 3 else { return nil }
        let version = parts.count > 3 ? parts[3] : ""
        switch (parts[1], parts[2]) {
        case ("redhat", let product): self.init(redHat: product, version: version)
        case ("oracle", "linux"), ("oracle", "enterprise_linux"):
            self.init(scope: "Oracle Linux:\(version.prefix { $0 != "." })")
        case ("amazon", "linux"), ("amazon", "amazon_linux"):
            self.init(scope: "Amazon Linux:\(version)")
        case ("rocky", "rocky"), ("rocky", "linux"), ("resf", "rocky_linux"):
            self.init(scope: "Rocky Linux:\(version.prefix { $0 != "." })")
        case ("almalinux", "almalinux"): self.init(scope: "AlmaLinux:\(version.prefix { $0 != "." })")
        default: return nil
        }
    }

    /// The scope of a Red Hat product by the names in its CPE.
    init?(redHat product: String, version: String) {
        guard !product.isEmpty else { return nil }
        let isMainStream = product == "enterprise_linux"
        let release = isMainStream ? String(version.prefix { $0 != "." }) : version
        // Since release 10 the streams of extended support are called `enterprise_linux_eus`.
        let stream =
            product.hasPrefix("enterprise_linux_") ? "rhel_" + product.dropFirst("enterprise_linux_".count) : product
        let known = ["rhel_eus", "rhel_aus", "rhel_e4s", "rhel_tus", "rhel_els"].contains(stream) ? stream : product
        scope = release.isEmpty ? "Red Hat:\(known)" : "Red Hat:\(known):\(release)"
    }

    /// part, vendor, product, version and the rest; `*` and `-` count as empty.
    private static func components(_ text: String) -> [String] {
        var rest = Substring(text)
        for prefix in ["cpe:2.3:", "cpe:/"] where rest.hasPrefix(prefix) { rest = rest.dropFirst(prefix.count) }
        guard rest.count < text.count, rest.utf8.count <= 512 else { return [] }
        return rest.split(separator: ":", omittingEmptySubsequences: false).map {
            $0 == "*" || $0 == "-" ? "" : $0.filter { $0 != "\\" }.lowercased()
        }
    }

    /// - Parameter name: `SUSE Linux Enterprise Module for Basesystem 15 SP5`, `openSUSE Leap 15.5`.
    init(suse name: String) {
        guard !name.hasPrefix("openSUSE ") else {
            scope = "openSUSE:" + name.dropFirst("openSUSE ".count)
            return
        }
        let product = String(name.dropFirst("SUSE ".count))
        guard product.hasPrefix("Linux Enterprise "), !product.contains("Micro"),
            let release = Self.release(ofEnterprise: product)
        else {
            scope = "SUSE:" + product
            return
        }
        let plain = "SUSE:Linux Enterprise Server \(release.plain)"
        scope = release.support.isEmpty ? plain : "\(plain)-\(release.support)"
        plainScope = release.support.isEmpty ? nil : plain
    }

    /// `15 SP3` and `LTSS` of `Linux Enterprise Server 15 SP3-LTSS`.
    private static func release(ofEnterprise product: String) -> (plain: String, support: String)? {
        var words = product.split(separator: " ")
        var support = ""
        // "… 15 LTSS" and "… 15 SP3-LTSS" are both written.
        if let last = words.last, ["LTSS", "ESPOS", "BCL", "TERADATA"].contains(String(last)) {
            support = String(words.removeLast())
        }
        guard let tail = words.last else { return nil }
        let halves = tail.split(separator: "-", maxSplits: 1)
        guard let head = halves.first else { return nil }
        if halves.count == 2 { support = String(halves[1]) }
        if let number = Double(head), 10..<100 ~= number { return (String(head), support) }
        guard head.hasPrefix("SP"), Int(head.dropFirst(2)) != nil, words.count >= 2,
            let number = Int(words[words.count - 2]), 10...99 ~= number
        else { return nil }
        return ("\(number) \(head)", support)
    }
}
