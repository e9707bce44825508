/// The rules that come with the program, in the form of a user's file.
///
/// Vendors and products are those of NVD's dictionary and of the numbering authorities' own records, which differ for some.
enum BuiltInRules {
    static let texts = [servers, runtimes, tools, libraries, desktop, microsoft]
}
