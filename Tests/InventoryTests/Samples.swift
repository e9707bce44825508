import PackageIdentity

/// A few packages, in canonical order.
let sampleTexts = [
    "pkg:deb/debian/bash@5.2.15-2%2Bb8?arch=amd64&distro=debian-12&upstream=bash%405.2.15-2",
    "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
    "pkg:npm/%40types/node@20.1.0",
    "pkg:npm/left-pad@1.3.0",
    "pkg:pypi/requests@2.31.0",
]

func packages(_ texts: [String]) throws -> [PackageURL] {
    try texts.map { try PackageURL($0) }
}
