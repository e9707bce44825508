import Advisories

extension AdvisoryIndex {
    /// When the releases of a product stop to be supported; `nil` when the feeds do not know the product.
    ///
    /// - Parameter product: The short name at endoflife.date, `debian`.
    public func lifecycle(product: String) -> Lifecycle? {
        lifecycles.first { $0.product == product }
    }

    /// All products whose support periods are known, ascending by name; what a damaged file hides is left out.
    public var lifecycles: [Lifecycle] {
        (0..<UInt32(reader.layout.count(.lifecycles))).compactMap { try? reader.lifecycle($0) }
    }

    /// What a distribution says of its support of a package beyond advisories; empty when it says nothing.
    ///
    /// - Parameters:
    ///   - scope: `Debian:12`.
    ///   - name: The source package.
    public func supportNotes(scope: String, name: String) -> [SupportNote] {
        supportNotes.filter { $0.scope == scope && $0.name == name }
    }

    /// All such notes, ascending by scope and name; what a damaged file hides is left out.
    public var supportNotes: [SupportNote] {
        (0..<UInt32(reader.layout.count(.supportNotes))).compactMap { try? reader.supportNote($0) }
    }
}

extension IndexReader {
    fileprivate func lifecycle(_ index: UInt32) throws(IndexError) -> Lifecycle {
        let record = try record(.lifecycles, index)
        var identifiers: [String] = []
        for position in try list(start: record.uint32(4), count: record.uint32(8)) {
            identifiers.append(try text(position))
        }
        var releases: [Lifecycle.Release] = []
        for place in try run(.releases, start: record.uint32(12), count: record.uint32(16)) {
            releases.append(try release(place))
        }
        return Lifecycle(product: try text(record.uint32(0)), identifiers: identifiers, releases: releases)
    }

    private func release(_ index: UInt32) throws(IndexError) -> Lifecycle.Release {
        let record = try record(.releases, index)
        return Lifecycle.Release(
            cycle: try text(record.uint32(0)), codename: try optionalText(record.uint32(4)),
            activeSupportEnd: try optionalText(record.uint32(8)),
            securitySupportEnd: try optionalText(record.uint32(12)),
            extendedSupportEnd: try optionalText(record.uint32(16)), isEnded: record.uint32(24) & 1 != 0,
            latest: try optionalText(record.uint32(20)))
    }

    fileprivate func supportNote(_ index: UInt32) throws(IndexError) -> SupportNote {
        let record = try record(.supportNotes, index)
        return SupportNote(
            scope: try text(record.uint32(0)), name: try text(record.uint32(4)), isEnded: record.uint32(8) & 1 != 0,
            lastSupportedVersion: try optionalText(record.uint32(12)), endDate: try optionalText(record.uint32(16)),
            text: try prose(record.uint32(20)))
    }
}
