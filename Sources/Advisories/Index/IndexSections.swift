/// The sections of an index under construction.
struct IndexSections {
    private var all = [SectionBytes](repeating: SectionBytes(), count: IndexSection.allCases.count)

    /// Starts empty sections.
    ///
    /// - Parameter previous: An earlier index, about as large as the new one.
    init(previous: PreviousIndex?) {
        guard let previous else { return }
        for section in IndexSection.allCases { self[section].reserve(previous.expectedSize(section)) }
    }

    /// The bytes of a section, changed in place.
    subscript(section: IndexSection) -> SectionBytes {
        get { all[Int(section.rawValue) - 1] }
        _modify { yield &all[Int(section.rawValue) - 1] }
    }

    /// How many records a section has so far.
    @inline(__always)
    func recordCount(_ section: IndexSection) -> Int {
        self[section].count / section.stride
    }

    /// Appends numbers to the section `lists`, and their place and count to another.
    mutating func append(list: some Sequence<UInt32>, to section: IndexSection) {
        let start = recordCount(.lists)
        for element in list { self[.lists].append(element) }
        self[section].append(UInt32(start))
        self[section].append(UInt32(recordCount(.lists) - start))
    }
}
