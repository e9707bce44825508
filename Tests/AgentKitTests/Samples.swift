import Foundation
import HostScan
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

    /// Looks at what ``listen(_:)`` makes up.
    var runningScanner: RunningScanner {
        RunningScanner(root: root, processes: folder.file("processes"), isThisSystem: true)
    }

    /// Makes up processes that cannot be seen, and ports at which somebody waits.
    func listen(_ ports: [Int]) throws {
        let lines = ports.enumerated().map { number, port in
            let port = String(port, radix: 16, uppercase: true)
            return "0: 00000000:\(String(repeating: "0", count: 4 - port.count))\(port) 00000000:0000 0A 0:0 0:0 0 0 0 "
                + "\(number + 1) 1"
        }
        try folder.write("processes/net/tcp", ("sl\n" + lines.joined(separator: "\n") + "\n").utf8)
    }

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
