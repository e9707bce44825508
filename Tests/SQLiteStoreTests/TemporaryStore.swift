import Foundation
import SQLiteStore

/// Lends a store in a folder of its own and takes both away afterwards.
func withTemporaryStore<T>(_ body: (SQLiteStore, String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zerotrace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "store.sqlite").path
    let store = try SQLiteStore(path: path)
    let result = try await body(store, path)
    try store.close()
    return result
}
