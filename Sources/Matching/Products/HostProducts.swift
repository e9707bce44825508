import PackageIdentity

/// The products that a host is known to be, for statements that hold only on some platform.
public enum HostProducts {
    /// What a Linux distribution says of its host: the kernel and the system itself.
    ///
    /// Nothing is said of hardware and of applications; statements that ask for those stay possible.
    ///
    /// - Parameters:
    ///   - distribution: The host's.
    ///   - kernel: The running kernel's version, `6.1.76`; `nil` when not known.
    public static func of(_ distribution: Distribution, kernel: String? = nil) -> [CPEName] {
        var products = [CPEName(.operatingSystem, vendor: "linux", product: "linux_kernel", version: kernel)]
        guard let (vendor, product) = names[distribution.id] else { return products }
        // openSUSE and SUSE write a service pack as an update: 15, sp5.
        let parts = distribution.release.map { $0.split(separator: ".", maxSplits: 1).map(String.init) } ?? []
        if distribution.id == "sles", parts.count == 2, parts[0] != "16" {
            var system = CPEName(.operatingSystem, vendor: vendor, product: product, version: parts[0])
            system[.update] = CPEValue(text: "sp\(parts[1])")
            products.append(system)
        } else {
            products.append(
                CPEName(.operatingSystem, vendor: vendor, product: product, version: distribution.systemVersion))
        }
        return products
    }

    private static let names: [String: (vendor: String, product: String)] = [
        "debian": ("debian", "debian_linux"), "ubuntu": ("canonical", "ubuntu_linux"),
        "alpine": ("alpinelinux", "alpine_linux"), "rhel": ("redhat", "enterprise_linux"),
        "rhel_eus": ("redhat", "enterprise_linux_eus"), "centos": ("centos", "centos"),
        "fedora": ("fedoraproject", "fedora"), "rocky": ("rockylinux", "rocky_linux"),
        "almalinux": ("almalinux", "almalinux"), "ol": ("oracle", "linux"), "amzn": ("amazon", "linux"),
        "opensuse-leap": ("opensuse", "leap"), "opensuse-tumbleweed": ("opensuse", "tumbleweed"),
        "sles": ("suse", "linux_enterprise_server"), "photon": ("vmware", "photon_os"),
        "arch": ("archlinux", "arch_linux"), "gentoo": ("gentoo", "linux"), "mageia": ("mageia", "mageia"),
    ]
}

extension Distribution {
    /// The release as CPE names write it: Debian's and Red Hat's majors have a second part there.
    fileprivate var systemVersion: String? {
        guard let release else { return nil }
        return ["debian", "rhel"].contains(id) && !release.utf8.contains(UInt8(ascii: ".")) ? release + ".0" : release
    }
}
