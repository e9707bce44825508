/// Whether what is read may be a little old, so that a copy of the database can answer.
///
/// Only whoever knows what an answer is for can say so. By default nothing may: who decides by what was read, and who has just changed
/// something, sees all that was committed.
public enum ReadFreshness {
    /// True while what is read may be as old as the store allows a copy to be. A store with one copy of everything need not care.
    @TaskLocal public static var mayLag = false
}
