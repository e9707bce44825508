import JSONDocuments

extension FuzzTargets {
    /// The JSON that all feeds are read with.
    static let json: [FuzzTarget] = [
        FuzzTarget("json", form: .json) { try checkParser($0) },
        FuzzTarget("json-members", form: .json) { try checkSplitter($0) },
    ]

    private static func checkParser(_ input: [UInt8]) throws {
        let parser = JSONParser()
        do throws(JSONDocumentError) {
            walk(try parser.parse(input))
        } catch {
            switch error {
            case .malformed(let offset?, let reason):
                require((0...input.count).contains(offset) && !reason.isEmpty, "a fault has a place in the text")
            case .invalidUTF8(let offset):
                require((0..<input.count).contains(offset), "a fault has a place in the text")
            case .malformed(nil, let reason): require(false, "a fault is found: \(reason)")
            default: break
            }
            throw error
        }
    }

    private static func walk(_ value: JSONValue) {
        switch value.kind {
        case .object:
            guard let members = value.object else { return require(false, "an object has members") }
            var count = 0
            for (name, member) in members {
                count += 1
                require(value[name] != nil, "a member is found by its name")
                walk(member)
            }
            require(count == members.count || members.count >= 0xFF_FFFF, "members are counted")
        case .array:
            guard let elements = value.array else { return require(false, "an array has elements") }
            for element in elements { walk(element) }
        case .string: require(value.string != nil && value.int == nil, "a string is one")
        case .number: require(value.double?.isFinite == true, "a number is finite")
        case .bool: require(value.bool != nil, "a truth value is one")
        case .null: require(value.isNull && value.string == nil, "null is nothing else")
        }
    }

    /// An object that the parser takes is cut into the members that the parser sees, in pieces of any size.
    private static func checkSplitter(_ input: [UInt8]) throws {
        let step = Int(input.last ?? 0) % 7 + 1
        let inPieces = Result { try members(input, step: step) }
        let atOnce = Result { try members(input, step: max(input.count, 1)) }
        switch (inPieces, atOnce) {
        case (.success(let a), .success(let b)): require(a == b, "the size of pieces means nothing")
        case (.failure(let a), .failure(let b)):
            require("\(a)" == "\(b)", "the size of pieces means nothing: \(a), \(b)")
        default: require(false, "the size of pieces means nothing")
        }
        guard let names = (try? JSONParser().parse(input))?.object?.map(\.key) else { return }
        guard case .success(let split) = atOnce else { return require(false, "a whole object is cut into its members") }
        let parser = JSONParser()
        let found = split.map { (try? parser.parse($0))?.object?.first { _ in true }?.key }
        require(found == names, "the members are those of the object")
    }

    private static func members(_ input: [UInt8], step: Int) throws -> [[UInt8]] {
        var members: [[UInt8]] = []
        var splitter = JSONMemberSplitter(memberLimit: 1 << 16)
        try input.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: step) {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + step, bytes.count)])
                try splitter.feed(piece) { member, _ in members.append(member) }
            }
        }
        try splitter.finish()
        return members
    }
}
