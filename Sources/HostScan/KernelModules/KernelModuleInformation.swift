import PackedStreams

/// What a kernel module says of itself: texts "key=value", each ended by a zero, in a section of their own.
struct KernelModuleInformation: Equatable {
    static let section = ".modinfo"

    /// Most bytes of the section: parameters with their descriptions take some kilobytes.
    static let limit = 128 << 10

    /// Most bytes that are unpacked of one module; those of graphics cards have some 100 MB.
    private static let unpackedLimit = 512 << 20

    /// The text that every module has, and nothing but this section: for which kernel it was built.
    private static let mark = Array("vermagic=".utf8)

    /// "nvidia"; modules of old kernels do not say it.
    private(set) var name: String?
    /// "535.183.01"
    private(set) var version: String?
    /// "F1E2D3C4B5A697887766554": a digest of its source.
    private(set) var sourceVersion: String?
    /// Whether it was built within the kernel's source.
    private(set) var isOfKernel = false

    /// - Parameter section: Of repeated keys the first counts.
    init(_ section: ArraySlice<UInt8>) {
        for entry in section.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: entry[(equals + 1)...].prefix(256), as: UTF8.self)
            switch String(decoding: entry[..<equals].prefix(16), as: UTF8.self) {
            case "name": name = name ?? value
            case "version": version = version ?? value
            case "srcversion": sourceVersion = sourceVersion ?? value
            case "intree": isOfKernel = value == "Y"
            default: break
            }
        }
    }

    /// Finds the section in a packed module, whose table of sections stands at its end: as the stretch of such texts around the mark.
    ///
    /// - Returns: `nil` when there is no mark.
    init?(findingIn stream: any ByteStream) throws {
        var window: [UInt8] = []
        var count = 0
        while let piece = try stream.next() {
            count += piece.count
            guard count <= Self.unpackedLimit else {
                throw FileFault.damaged("unpacks to more than \(Self.unpackedLimit) bytes")
            }
            let start = max(0, window.count - Self.mark.count)
            window += piece
            if let place = window[start...].firstPlace(of: Self.mark) {
                // What follows the mark may come with the next pieces.
                while window.count < place + Self.limit, let more = try stream.next() { window += more }
                self.init(Self.texts(around: place, in: window))
                return
            }
            if window.count > 4 * Self.limit { window.removeFirst(window.count - Self.limit) }
        }
        return nil
    }

    /// The longest stretch of texts "key=value" around a place, with the zeros between them.
    private static func texts(around place: Int, in window: [UInt8]) -> ArraySlice<UInt8> {
        var start = place > 0 && window[place - 1] == 0 ? place - 1 : place
        while start > 0 {
            let previous = window[..<start].lastIndex(of: 0).map { $0 + 1 } ?? 0
            guard previous > 0, start == previous || isText(window[previous..<start]) else { break }
            start = previous - 1
        }
        var end = place
        while let next = window[end...].firstIndex(of: 0), next == end || isText(window[end..<next]) { end = next + 1 }
        return window[start..<end]
    }

    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let equals = bytes.prefix(64).firstIndex(of: UInt8(ascii: "=")), equals > bytes.startIndex else {
            return false
        }
        return bytes[..<equals].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
