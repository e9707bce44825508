/// The two text sections under construction: each text is written once, where it is first needed.
///
/// Ids, names and versions (`text`) are read on every look-up; summaries, details and URLs (`prose`) only when a person asks, and stay
/// out of the pages that look-ups touch.
struct IndexTexts {
    /// The pool that numbers refer to.
    let pool: StringPool
    private var text = SectionBytes()
    private var prose = SectionBytes()
    private var textPositions: [UInt32]
    private var prosePositions: [UInt32]

    /// Starts empty sections for the texts of a pool.
    ///
    /// - Parameter previous: An earlier index, about as large as the new one.
    init(pool: StringPool, previous: PreviousIndex?) {
        self.pool = pool
        if let previous {
            text.reserve(previous.expectedSize(.text))
            prose.reserve(previous.expectedSize(.prose))
        }
        textPositions = Array(repeating: IndexFormat.none, count: pool.count)
        prosePositions = textPositions
    }

    /// The position of a text in the `text` section.
    mutating func text(_ number: UInt32) -> UInt32 {
        if textPositions[Int(number)] != IndexFormat.none { return textPositions[Int(number)] }
        let position = pool.withBytes(number) { Self.append($0, to: &text) }
        textPositions[Int(number)] = position
        return position
    }

    /// The position of a text in the `prose` section.
    mutating func prose(_ number: UInt32) -> UInt32 {
        if prosePositions[Int(number)] != IndexFormat.none { return prosePositions[Int(number)] }
        let position = pool.withBytes(number) { Self.append($0, to: &prose) }
        prosePositions[Int(number)] = position
        return position
    }

    /// Writes a text that is not in the pool to the `text` section.
    mutating func newText(_ string: String) -> UInt32 {
        var string = string
        return string.withUTF8 { Self.append(UnsafeRawBufferPointer($0), to: &text) }
    }

    /// Writes a text that is not in the pool, given as UTF-8, to the `text` section.
    mutating func newText(_ bytes: UnsafeRawBufferPointer) -> UInt32 { Self.append(bytes, to: &text) }

    /// Writes a text that is not in the pool to the `text` section; "none" for `nil`.
    mutating func newText(_ string: String?) -> UInt32 {
        guard let string else { return IndexFormat.none }
        return newText(string)
    }

    /// Writes a text that is not in the pool to the `prose` section.
    mutating func newProse(_ string: String) -> UInt32 {
        var string = string
        return string.withUTF8 { Self.append(UnsafeRawBufferPointer($0), to: &prose) }
    }

    /// Hands the section `text` over when all is written.
    mutating func takeText() -> SectionBytes {
        defer { text = SectionBytes() }
        return text
    }

    /// Hands the section `prose` over when all is written.
    mutating func takeProse() -> SectionBytes {
        defer { prose = SectionBytes() }
        return prose
    }

    private static func append(_ bytes: UnsafeRawBufferPointer, to section: inout SectionBytes) -> UInt32 {
        // Positions past 4 GiB wrap here; the writer refuses such a section before anything reaches the disk.
        let position = UInt32(truncatingIfNeeded: section.count)
        section.append(UInt32(bytes.count))
        section.append(bytes: bytes)
        return position
    }
}
