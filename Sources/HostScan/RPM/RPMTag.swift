/// The fields of an RPM header that are read here.
///
/// - Source: <https://rpm-software-management.github.io/rpm/manual/tags.html>
enum RPMTag: UInt32 {
    case name = 1000
    case version = 1001
    case release = 1002
    case epoch = 1003
    case architecture = 1022
    case sourceRPM = 1044
    case folderIndexes = 1116
    case baseNames = 1117
    case folderNames = 1118
    case modularityLabel = 5096
}
