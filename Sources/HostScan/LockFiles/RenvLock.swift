import JSONDocuments

/// The lock file of R's renv.
///
/// - Source: <https://rstudio.github.io/renv/articles/lockfile.html>
enum RenvLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(bytes)
        return document["Packages"].members.compactMap { name, facts in
            let isOfBioconductor = facts["Source"]?.isString("Bioconductor") == true
            return DeclaredPackage(
                isOfBioconductor ? "bioconductor" : "cran", facts["Package"]?.string ?? name,
                facts["Version"]?.string)
        }
    }
}
