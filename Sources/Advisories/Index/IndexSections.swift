/// The sections of an index under construction.
struct IndexSections {
    private var all = [SectionBytes](repeating: SectionBytes(), count: IndexSection.allCases.count)

    /// The bytes of a section, changed in place.
    subscript(section: IndexSection) -> SectionBytes {
        get { all[Int(section.rawValue) - 1] }
        _modify { yield &all[Int(section.rawValue) - 1] }
    }

    /// How many records a section has so far.
    func recordCount(_ section: IndexSection) -> Int {
        self[section].count / section.stride
    }
}
