/// What a name says about whether to open a file.
enum FileInterest {
    /// Not at all.
    case none
    /// To be read, also through a symbolic link.
    case file
    /// To be read where it lies: a link to it is another name of what the walk meets anyway, and it is long.
    case fileItself
    /// As ``fileItself``, if somebody may execute it.
    case program
}
