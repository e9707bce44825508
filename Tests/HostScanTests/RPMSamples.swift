import Foundation

@testable import HostScan

/// A program of the system, run to its end.
enum Tool {
    struct Failure: Error {
        let status: Int32
        let output: String
    }

    static func exists(_ paths: String...) -> Bool {
        paths.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Returns: What it wrote to its standard output.
    @discardableResult
    static func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let complaints = Task.detached { try? errors.fileHandleForReading.readToEnd() }
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        withExtendedLifetime(complaints) {}
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus, output: text) }
        return text
    }
}

/// RPM databases that rpm itself wrote, and those made of the same headers.
enum RPMSamples {
    static let canBuild = Tool.exists("/usr/bin/rpm", "/usr/bin/rpmbuild", "/usr/bin/python3")
    static let canBuildBerkeleyDB = canBuild && Tool.exists("/usr/bin/db5.3_load")

    /// What the packages of ``database()`` are on Red Hat 9.3.
    static let packages =
        [
            "pkg:rpm/redhat/nodejs@18.19.0-1.module%2Bel9.3.0%2B1?arch=noarch&distro=rhel-9.3&epoch=1&rpmmod=nodejs:18:90300:rhel9"
                + "&upstream=nodejs-18.19.0-1.module%2Bel9.3.0%2B1.src.rpm",
            "pkg:rpm/redhat/python3-sample@1.4-3.el9?arch=noarch&distro=rhel-9.3&epoch=2&upstream=python3-sample-1.4-3.el9.src.rpm",
            "pkg:rpm/redhat/sample-libs@1.5-3.el9?arch=noarch&distro=rhel-9.3&epoch=2&upstream=python3-sample-1.4-3.el9.src.rpm",
        ]
        + (101...140).map {
            "pkg:rpm/redhat/sample-part-\($0)@1.4-3.el9?arch=noarch&distro=rhel-9.3&epoch=2&upstream=python3-sample-1.4-3.el9.src.rpm"
        }

    static let redHat = "ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"9.3\"\n"

    /// The bytes of `rpmdb.sqlite` after rpm installed these and a key; one of them has 1,500 files. Made once.
    static func database() throws -> [UInt8] { try made.get() }

    private static let made = Result { try make() }

    private static func make() throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rpm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "db"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in specifications {
            let file = folder.appending(path: "\(name).spec")
            try Data(text.utf8).write(to: file)
            try Tool.run(
                "/usr/bin/rpmbuild", ["-bb", "--quiet", "--define", "_topdir \(folder.path)/top", file.path])
        }
        let built = folder.appending(path: "top/RPMS/noarch")
        let files = try FileManager.default.contentsOfDirectory(atPath: built.path).map { "\(built.path)/\($0)" }
        let options = ["--dbpath", "\(folder.path)/db", "--define", "_db_backend sqlite"]
        try Tool.run(
            "/usr/bin/rpm", options + ["-i", "--justdb", "--nodeps", "--force", "--ignorearch"] + files.sorted())
        return Array(try Data(contentsOf: folder.appending(path: "db/rpmdb.sqlite")))
    }

    private static let specifications = [
        "sample": """
        Name: python3-sample
        Epoch: 2
        Version: 1.4
        Release: 3.el9
        Summary: s
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        %description
        d
        %package -n sample-libs
        Summary: l
        Version: 1.5
        %description -n sample-libs
        l
        %{lua: for number = 101, 140 do
            print("%package -n sample-part-" .. number .. "\\nSummary: s\\n%description -n sample-part-" .. number .. "\\nd\\n")
            print("%files -n sample-part-" .. number .. "\\n")
        end}
        %install
        site=%{buildroot}/usr/lib/python3.9/site-packages
        mkdir -p $site/sample-1.4.dist-info %{buildroot}/usr/lib/node_modules/x %{buildroot}/opt/y/sample-1.4.dist-info
        echo a >$site/sample-1.4.dist-info/METADATA
        echo a >%{buildroot}/usr/lib/node_modules/x/package.json
        echo a >%{buildroot}/opt/y/sample-1.4.dist-info/METADATA
        mkdir -p %{buildroot}/usr/share/sample
        for number in $(seq 1500); do : >%{buildroot}/usr/share/sample/a-file-with-the-number-$number; done
        %files
        /usr/lib/python3.9/site-packages/sample-1.4.dist-info
        /usr/lib/node_modules/x
        /opt/y
        %files -n sample-libs
        /usr/share/sample
        """,
        "nodejs": """
        Name: nodejs
        Epoch: 1
        Version: 18.19.0
        Release: 1.module+el9.3.0+1
        Summary: s
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        ModularityLabel: nodejs:18:90300:rhel9
        %description
        d
        %files
        """,
        "key": """
        Name: gpg-pubkey
        Version: 8483c65d
        Release: 5ccc5b19
        Summary: s
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        %description
        d
        %files
        """,
    ]

    /// The headers that a database holds, as the scanner reads them.
    static func headers(of database: [UInt8]) throws -> [[UInt8]] {
        let root = try TemporaryRoot()
        try root.write("/rpmdb.sqlite", bytes: database)
        var headers: [[UInt8]] = []
        try root.withFolder { folder in
            try RPMDatabase.sqlite.forEachHeader(in: try folder.openPositioned("/rpmdb.sqlite"), log: nil) { header in
                if case .success(let bytes) = header { headers.append(Array(bytes)) }
            }
        }
        return headers
    }

    /// A `Packages` of Berkeley DB, written by its own tool.
    static func berkeleyDB(_ headers: [[UInt8]], pageSize: Int, order: ByteOrder) throws -> [UInt8] {
        func hexadecimal(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        func number(_ number: Int) -> [UInt8] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
            return order == .little ? bytes : bytes.reversed()
        }
        let pairs =
            [(number(0), number(headers.count))] + headers.enumerated().map { (number($0.offset + 1), $0.element) }
        let order = order == .little ? "1234" : "4321"
        let dump =
            "VERSION=3\nformat=bytevalue\ntype=hash\ndb_lorder=\(order)\ndb_pagesize=\(pageSize)\nHEADER=END\n"
            + pairs.map { " \(hexadecimal($0.0))\n \(hexadecimal($0.1))\n" }.joined() + "DATA=END\n"
        let root = try TemporaryRoot(["/dump": dump])
        try Tool.run("/usr/bin/db5.3_load", ["-f", root.url("/dump").path, root.url("/Packages").path])
        return Array(try Data(contentsOf: root.url("/Packages")))
    }

    /// A `Packages.db` as rpm's NDB format lays it out: one page of slots, then the headers.
    static func ndb(_ headers: [[UInt8]]) -> [UInt8] {
        func number(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
        var slots = Array("RpmP".utf8) + number(0) + number(7) + number(1) + number(headers.count + 1)
        slots += [UInt8](repeating: 0, count: 32 - slots.count)
        var blocks: [UInt8] = []
        for (index, header) in headers.enumerated() {
            let count = (16 + header.count + 12 + 15) / 16
            slots += Array("Slot".utf8) + number(index + 1) + number((4096 + blocks.count) / 16) + number(count)
            let padding = count * 16 - 16 - header.count - 12
            blocks += Array("BlbS".utf8) + number(index + 1) + number(1_700_000_000) + number(header.count) + header
            blocks += [UInt8](repeating: 0, count: padding) + number(0) + number(header.count) + Array("BlbE".utf8)
        }
        while slots.count < 4096 { slots += Array("Slot".utf8) + number(0) + number(0) + number(0) }
        return slots + blocks
    }

    /// A header with these fields, in rpm's form.
    static func header(_ fields: [RPMTag: Field]) -> [UInt8] {
        func number(_ number: Int) -> [UInt8] {
            (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        var index: [UInt8] = []
        var data: [UInt8] = []
        for (tag, field) in fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            var type = 0
            var count = 1
            var bytes: [UInt8] = []
            switch field {
            case .text(let text): (type, bytes) = (6, Array(text.utf8) + [0])
            case .texts(let texts): (type, count, bytes) = (8, texts.count, texts.flatMap { Array($0.utf8) + [0] })
            case .numbers(let numbers): (type, count, bytes) = (4, numbers.count, numbers.flatMap(number))
            }
            if type == 4 { data += [UInt8](repeating: 0, count: (4 - data.count % 4) % 4) }
            index += number(Int(tag.rawValue)) + number(type) + number(data.count) + number(count)
            data += bytes
        }
        return number(fields.count) + number(data.count) + index + data
    }

    enum Field {
        case text(String)
        case texts([String])
        case numbers([Int])
    }

    /// A package with name, version and release, and what else there is.
    static func package(_ name: String, _ version: String, _ release: String, _ more: [RPMTag: Field] = [:]) -> [UInt8]
    {
        header(
            [.name: .text(name), .version: .text(version), .release: .text(release)].merging(more) { $1 })
    }
}
