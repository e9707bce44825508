import Foundation
import Inventory
import PackageIdentity

/// An inventory of numbered packages.
func inventory(_ numbers: Range<Int>) throws -> Inventory {
    Inventory(try numbers.map { try PackageURL("pkg:pypi/package-\($0)@1.0") })
}

/// A Debian machine in a folder.
struct Machine {
    let folder: TemporaryFolder

    init(packages: [String]) throws {
        folder = try TemporaryFolder()
        try folder.write("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n".utf8)
        try install(packages)
    }

    var root: String { folder.path }

    /// Replaces the package database as dpkg does: a new file, then a rename.
    func install(_ packages: [String]) throws {
        let status = packages.map {
            "Package: \($0)\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\n"
        }
        try folder.write("var/lib/dpkg/status-new", status.joined(separator: "\n").utf8)
        guard rename(folder.file("var/lib/dpkg/status-new"), folder.file("var/lib/dpkg/status")) == 0 else {
            throw POSIXError(.EIO)
        }
    }

    /// The digest of an inventory of these packages.
    static func digest(_ packages: [String]) throws -> InventoryDigest {
        Inventory(try packages.map { try PackageURL("pkg:deb/debian/\($0)@1.0-1?arch=all&distro=debian-12") }).digest
    }
}
