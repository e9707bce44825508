import Advisories
import PackageIdentity
import Versioning

extension AdvisoryIndex {
    /// The vulnerabilities a package version is exposed to, or may be, as numbers of this index.
    ///
    /// - Parameters:
    ///   - scope: UTF-8 of an OSV ecosystem with its release, `Debian:12`.
    ///   - name: UTF-8 of the name that advisories use there.
    ///   - version: UTF-8 of the version that advisories compare.
    ///   - context: What is known of the package besides.
    ///   - verdicts: Takes the answers `affected` and `undetermined`, ascending by vulnerability, behind what it holds.
    /// - Returns: Whether any advisory speaks of the name.
    /// - Throws: ``IndexError/damaged(what:)``; then nothing that was appended may be believed.
    /// - Complexity: One cache miss for an unknown name. Else a binary search over the versions that advisories name, and one comparison
    ///   for each vulnerability of the name.
    @discardableResult
    public func match(
        scope: Span<UInt8>, name: Span<UInt8>, version: Span<UInt8>, context: MatchContext = MatchContext(),
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) -> Bool {
        let question = try scope.withUnsafeBytes { (scope) throws(IndexError) in
            try name.withUnsafeBytes { (name) throws(IndexError) in try reader.find(scope, name) }
        }
        guard let question else { return false }
        try version.withUnsafeBytes { (version) throws(IndexError) in
            try match(version, in: question, context: context, into: &verdicts)
        }
        return true
    }

    /// As ``match(scope:name:version:context:into:)``, for coordinates.
    @discardableResult
    public func match(
        _ coordinates: AdvisoryCoordinates, context: MatchContext = MatchContext(),
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) -> Bool {
        guard let name = try reader.find(scope: coordinates.scope, name: coordinates.name) else { return false }
        try coordinates.version.withBytes { (version) throws(IndexError) in
            try match(version, in: name, context: context, into: &verdicts)
        }
        return true
    }

    /// As ``match(_:context:into:)``, and then for the source of the package: of its answers those are taken whose vulnerability nothing under
    /// the package's own name speaks of.
    ///
    /// - Parameters:
    ///   - coordinates: Those of the package itself, `PackageURL.advisoryCoordinates`.
    ///   - source: Those of its source, `PackageURL.sourceCoordinates`.
    public func match(
        _ coordinates: AdvisoryCoordinates, orSource source: AdvisoryCoordinates, context: MatchContext,
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) {
        try match(coordinates, context: context, into: &verdicts)
        let own = try reader.find(scope: coordinates.scope, name: coordinates.name)
        let first = verdicts.records.count
        try match(source, context: context, into: &verdicts)
        guard let own else { return }
        var kept = first
        for index in first..<verdicts.records.count {
            guard try reader.statements(of: own, on: verdicts.records[index].vulnerability).isEmpty else { continue }
            verdicts.records[kept] = verdicts.records[index]
            kept += 1
        }
        verdicts.records.removeLast(verdicts.records.count - kept)
    }

    /// As ``match(_:context:into:)`` for all places where advisories about a package are looked up: its own and, where they differ, its
    /// source's. What ``verdicts(for:context:)`` says in words.
    ///
    /// - Parameter context: What is known of it besides; `nil` for what the package URL itself tells.
    /// - Returns: Whether the package URL has a version and a scope; without them nothing is looked up.
    @discardableResult
    public func match(
        _ package: PackageURL, context: MatchContext? = nil, into verdicts: inout CompactVerdicts
    ) throws(IndexError) -> Bool {
        guard let coordinates = package.advisoryCoordinates else { return false }
        let context = context ?? MatchContext(package: package)
        if let source = package.sourceCoordinates {
            try match(coordinates, orSource: source, context: context, into: &verdicts)
        } else {
            try match(coordinates, context: context, into: &verdicts)
        }
        return true
    }

    private func match(
        _ version: UnsafeRawBufferPointer, in name: NameRecord, context: MatchContext,
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) {
        if context.package?.type == "rpm",
            let restated = try SourceEpoch.restated(
                String(decoding: version, as: UTF8.self), of: name, in: reader, context: context)
        {
            return try restated.withBytes { (version) throws(IndexError) in
                try ask(version, in: name, context: context, into: &verdicts)
            }
        }
        try ask(version, in: name, context: context, into: &verdicts)
    }

    private func ask(
        _ version: UnsafeRawBufferPointer, in name: NameRecord, context: MatchContext,
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) {
        if let package = context.package,
            KernelPackages.exemption(of: package, source: reader.bytes(name.nameBytes)) != nil
        {
            return
        }
        let place = try place(of: version, in: name, scratch: &verdicts)
        if name.isModular
            && (context.moduleStream != nil || version.containsRun(IndexFormat.moduleMark)
                || IndexFormat.buildMarks.contains { version.containsRun($0) })
        {
            return try matchEveryGroup(version, at: place, in: name, context: context, into: &verdicts)
        }
        try scan(version, at: place, in: name, context: context, into: &verdicts)
    }

    /// Walks the segments: a segment that holds the version's position is an answer.
    private func scan(
        _ version: UnsafeRawBufferPointer, at place: VersionPlace?, in name: NameRecord, context: MatchContext,
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) {
        let bytes = reader.mapping.bytes
        let position = place?.position
        let confidence = name.confidence(of: context)
        lazy var hearing = Hearing(reader: reader, name: name, context: context, version: version)
        let isResting = KernelPackages.isResting(context, version: version)
        var offset = name.segments
        let end = offset &+ name.segmentCount &* IndexBlock.segmentStride
        while offset < end {
            let line = offset
            offset &+= IndexBlock.segmentStride
            let flags: UInt8
            if let position {
                guard position >= bytes.integer(at: line, as: UInt32.self),
                    position <= bytes.integer(at: line &+ 4, as: UInt32.self)
                else { continue }
                flags = bytes[line &+ 21]
            } else {
                flags = bytes[line &+ 21]
                guard flags & SegmentFlag.unparsable != 0 else { continue }
            }
            let group = bytes.integer(at: line &+ 16, as: UInt32.self)
            let vulnerability = bytes.integer(at: line &+ 8, as: UInt32.self)
            if flags & SegmentFlag.general != 0 {
                if try reader.mayConcern(group: group, in: name, at: place) {
                    try append(
                        group: group, vulnerability: vulnerability, at: place, in: name, hearing: hearing,
                        isResting: isResting, to: &verdicts)
                }
                continue
            }
            guard var code = ReasonCode(rawValue: bytes[line &+ 20]) else { throw .damaged(what: "a segment's code") }
            if position == nil { code = code == .publisherUndetermined ? code : .unparsableVersion }
            if isResting && code.isAffected { code = .kernelNotRunning }
            let fix = position == nil ? IndexFormat.none : bytes.integer(at: line &+ 12, as: UInt32.self)
            verdicts.records.append(
                CompactVerdict(
                    vulnerability: vulnerability, name: name.index, group: group, fix: fix, code: code,
                    confidence: confidence))
        }
    }

    /// Asks the entries of every group: for packages of modules, whom other statements concern than those that the segments stand for.
    private func matchEveryGroup(
        _ version: UnsafeRawBufferPointer, at place: VersionPlace?, in name: NameRecord, context: MatchContext,
        into verdicts: inout CompactVerdicts
    ) throws(IndexError) {
        let hearing = Hearing(reader: reader, name: name, context: context, version: version)
        let isResting = KernelPackages.isResting(context, version: version)
        for group in name.groups where try reader.mayConcern(group: group, in: name, at: place) {
            let vulnerability = try reader.record(.groups, group).uint32(0)
            try append(
                group: group, vulnerability: vulnerability, at: place, in: name, hearing: hearing,
                isResting: isResting, to: &verdicts)
        }
    }

    private func append(
        group: UInt32, vulnerability: UInt32, at place: VersionPlace?, in name: NameRecord, hearing: Hearing,
        isResting: Bool, to verdicts: inout CompactVerdicts
    ) throws(IndexError) {
        let heard = try hearing.hear(try reader.statements(ofGroup: group, in: name))
        var result = try hearing.decide(heard, at: place)
        guard result.code.isAffected || result.code.isUndetermined else { return }
        if isResting && result.code.isAffected { result.code = .kernelNotRunning }
        verdicts.records.append(
            CompactVerdict(
                vulnerability: vulnerability, name: name.index, group: group, fix: result.fix, code: result.code,
                confidence: result.confidence))
    }

    /// Where a version stands among a name's; `nil` when it does not parse, or is a ``PlaceholderVersion``.
    private func place(
        of version: UnsafeRawBufferPointer, in name: NameRecord, scratch: inout CompactVerdicts
    ) throws(IndexError) -> VersionPlace? {
        let ordering = try ordering(of: name)
        do {
            let utf8 = version.bindMemory(to: UInt8.self)
            try ordering.writeKey(of: utf8, reading: IndexFormat.reading, into: &scratch.key)
        } catch { return nil }
        let place = try reader.place(of: UnsafeRawBufferPointer(scratch.key.bytes), in: name)
        return !place.isKnown && PlaceholderVersion.isOne(version, in: ordering) ? nil : place
    }
}
