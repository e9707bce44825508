import JSONDocuments

/// An image: what it is called, and where its layers are, the lowest first.
struct ImageManifest: Equatable {
    /// "alpine:3.18", or the digest of an image without a name; with the platform where there are several.
    let name: String
    /// Paths in the image's files.
    let layers: [String]

    /// Most images of one archive or layout.
    private static let maximumImages = 64
    /// Most layers of an image, as Docker bounds it.
    private static let maximumLayers = 127
    /// Lists in lists: an index of platforms in an index is 2 deep.
    private static let maximumDepth = 4

    /// Reads the images of an archive that `docker save` writes, or of an OCI layout.
    ///
    /// - Source: <https://github.com/moby/docker-image-spec/blob/main/spec.md>,
    ///   <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>
    static func all(in files: ImageFiles) throws -> [ImageManifest] {
        var images: [ImageManifest] = []
        if files.has("manifest.json") {
            images = try docker(try files.document("manifest.json"))
        } else if files.has("index.json") {
            try collect(try files.document("index.json"), name: nil, files, depth: 0, into: &images)
        } else {
            throw FileFault.damaged("no image: neither manifest.json nor index.json is there")
        }
        guard !images.isEmpty else { throw FileFault.damaged("it holds no image") }
        for image in images where image.layers.count > maximumLayers {
            throw FileFault.damaged("\(image.name) has more than \(maximumLayers) layers")
        }
        return images
    }

    /// What `docker save` writes: configuration, names and layers of each image.
    private static func docker(_ list: JSONValue) throws -> [ImageManifest] {
        guard let list = list.array else { throw FileFault.damaged("manifest.json is no list") }
        return list.prefix(maximumImages).map { image in
            let names = image["RepoTags"].elements.compactMap(\.string)
            let configuration = image["Config"]?.string ?? ""
            let digest = configuration.split(separator: "/").last?.prefix { $0 != "." } ?? ""
            return ImageManifest(
                name: names.first ?? "sha256:\(digest)", layers: image["Layers"].elements.compactMap(\.string))
        }
    }

    private static func collect(
        _ index: JSONValue, name: String?, _ files: ImageFiles, depth: Int, into images: inout [ImageManifest]
    ) throws {
        guard depth < maximumDepth else { throw FileFault.damaged("lists deeper than \(maximumDepth)") }
        let entries = index["manifests"].elements
        for entry in entries where images.count < maximumImages {
            let notes = entry["annotations"]
            // What states how an image was built is listed beside it.
            if notes?["vnd.docker.reference.type"] != nil { continue }
            guard let digest = entry["digest"]?.string else { continue }
            var own = notes?["io.containerd.image.name"]?.string ?? notes?["org.opencontainers.image.ref.name"]?.string
            own = own ?? name
            if let platform = entry["platform"], let system = platform["os"]?.string, entries.count > 1 {
                let parts = [system, platform["architecture"]?.string, platform["variant"]?.string].compactMap { $0 }
                own = "\(own ?? digest) (\(parts.joined(separator: "/")))"
            }
            let document = try files.document(try path(of: digest))
            if document["manifests"] != nil {
                try collect(document, name: own ?? digest, files, depth: depth + 1, into: &images)
            } else {
                let layers = try document["layers"].elements.compactMap { layer -> String? in
                    guard let digest = layer["digest"]?.string, isTar(layer["mediaType"]?.string ?? "") else {
                        return nil
                    }
                    return try path(of: digest)
                }
                images.append(ImageManifest(name: own ?? digest, layers: layers))
            }
        }
    }

    /// Other things than images are kept as layers too.
    private static func isTar(_ mediaType: String) -> Bool {
        mediaType.isEmpty || mediaType.contains(".tar") || mediaType.contains("layer")
    }

    /// "sha256:abc" lies in "blobs/sha256/abc".
    private static func path(of digest: String) throws -> String {
        let parts = digest.split(separator: ":")
        let isPlain = digest.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 > 0x20 } && digest.utf8.count <= 256
        guard parts.count == 2, isPlain else { throw FileFault.damaged("no digest: \(digest.prefix(64))") }
        return "blobs/\(parts[0])/\(parts[1])"
    }
}
