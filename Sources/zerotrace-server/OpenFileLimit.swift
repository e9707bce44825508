import Foundation

/// Lets this process have as many files open as the system allows it: each connection is one, and the usual soft limit of 1,024 is less than the
/// clients of a gateway, an enrichment process or a load test.
func raiseOpenFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
