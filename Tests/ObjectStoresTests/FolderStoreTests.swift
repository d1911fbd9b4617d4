import Foundation
import Live
import Scenarios
import Testing

@testable import ObjectStores

@Suite final class FolderStoreTests {
  private let folder: String
  private let store: FolderStore
  private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  init() throws {
    folder = NSTemporaryDirectory() + "folder-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    store = FolderStore(folder + "/objects")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func file(_ name: String, _ bytes: Data) throws -> String {
    let path = folder + "/" + name
    try bytes.write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func whatIsPutIsThere() async throws {
    let source = try file("a", Data("hello".utf8))
    let info = try store.put(source, as: "job-1/adapters/a.zip")
    #expect(info.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" && info.bytes == 5)
    #expect(try store.info("job-1/adapters/a.zip")?.bytes == 5)
    _ = try store.put(try file("b", Data()), as: "job-10/b")
    #expect(try store.list("job-1/").map(\.key) == ["job-1/adapters/a.zip"])
    #expect(try store.list("").map(\.key) == ["job-1/adapters/a.zip", "job-10/b"])
    try store.fetch("job-1/adapters/a.zip", into: folder + "/back")
    #expect(FileManager.default.contents(atPath: folder + "/back") == Data("hello".utf8))
    try store.delete("job-1/adapters/a.zip")
    try store.delete("job-1/adapters/a.zip")
    #expect(try store.list("").map(\.key) == ["job-10/b"])
    #expect(!FileManager.default.fileExists(atPath: folder + "/objects/job-1"))
  }

  @Test(arguments: ["../a", "a/../b", "", "/a", "a//b", ".uploads/x", "a/.hidden", "a\nb"])
  func noKeyLeadsOutOfTheFolder(_ key: String) throws {
    let source = try file("a", Data("x".utf8))
    #expect(throws: InputError.self) { try store.put(source, as: key) }
    #expect(throws: InputError.self) { try store.delete(key) }
    #expect(throws: InputError.self) { try store.info(key) }
  }

  @Test func noPrefixLeadsOutOfTheFolder() throws {
    _ = try store.put(try file("a", Data("x".utf8)), as: "job-1/a")
    // Even where nothing is: whether there is something elsewhere is nobody's to ask.
    for prefix in ["job-1/../../", "../", "/etc/", "job-1/../nothing/"] {
      #expect(throws: InputError.self, "\(prefix)") { try store.list(prefix) }
    }
    #expect(try store.list("job-1/").map(\.key) == ["job-1/a"])
    #expect(try store.list("job-2/").isEmpty)
  }

  @Test func anUploadThatNobodyGoesOnWithIsForgotten() throws {
    let content = ObjectContent(bytes: 1, sha256: Self.empty)
    let (old, young) = (
      try store.beginUpload(content, as: "job-1/a").id, try store.beginUpload(content, as: "job-1/b").id
    )
    let uploads = folder + "/objects/.uploads/"
    for (id, days) in [(old, 8.0), (young, 6)] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)], ofItemAtPath: uploads + id)
    }
    // What a process that was killed was receiving goes as well, and nothing else beside it.
    let parts = [(PartFile.name, 8.0), (PartFile.name, 6), ("job-0", 8)]
    for (name, days) in parts {
      let path = folder + "/objects/" + name
      try Data("x".utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)], ofItemAtPath: path)
    }
    let last = try store.beginUpload(content, as: "job-1/c").id
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: uploads)) == [young, last])
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: folder + "/objects"))
        == [".uploads", parts[1].0, "job-0"])
  }

  @Test func anUploadInPartsGoesOnAndIsChecked() throws {
    let size = Int(ObjectUpload.partBytes(of: 1))
    var bytes = Data(repeating: 7, count: size)
    bytes.append(Data("the rest".utf8))
    let digest = try FileDigest.of(try file("whole", bytes))
    let content = ObjectContent(bytes: digest.bytes, sha256: digest.sha256)
    let begun = try store.beginUpload(content, as: "job-1/checkpoints/c")
    #expect(begun.done.isEmpty && ObjectUpload.parts(of: content.bytes) == 2)
    try store.take(
      part: 1, of: begun.id, key: "job-1/checkpoints/c", from: try file("part", Data(repeating: 7, count: size)))
    // Begun again, it is the same one, and knows what has arrived.
    let again = try store.beginUpload(content, as: "job-1/checkpoints/c")
    #expect(again.id == begun.id && again.done.map(\.number) == [1])
    #expect(throws: InputError.self) {
      try store.completeUpload(begun.id, of: content, as: "job-1/checkpoints/c", parts: [])
    }
    try store.take(part: 2, of: begun.id, key: "job-1/checkpoints/c", from: try file("part", Data("the rest".utf8)))
    for _ in 1...2 {
      let info = try store.completeUpload(begun.id, of: content, as: "job-1/checkpoints/c", parts: [])
      #expect(info.sha256 == digest.sha256)
    }
    #expect(try store.list("").map(\.key) == ["job-1/checkpoints/c"])
  }

  @Test func whatIsDamagedOnItsWayIsNoObject() throws {
    let content = ObjectContent(bytes: 5, sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    let upload = try store.beginUpload(content, as: "job-1/a")
    try store.take(part: 1, of: upload.id, key: "job-1/a", from: try file("part", Data("hallo".utf8)))
    #expect(throws: InputError.self) { try store.completeUpload(upload.id, of: content, as: "job-1/a", parts: []) }
    #expect(try store.info("job-1/a") == nil)
    // The next try begins with nothing.
    #expect(try store.beginUpload(content, as: "job-1/a").done.isEmpty)
  }

  @Test func partsCoverAFileOnce() {
    for bytes in [0, 1, (16 << 20) - 1, 16 << 20, (16 << 20) + 1, 2_500_000_000, 400_000_000_000] as [Int64] {
      let count = ObjectUpload.parts(of: bytes)
      #expect(count >= 1 && count <= 10_000)
      var next: Int64 = 0
      for number in 1...count {
        let range = ObjectUpload.range(ofPart: number, of: bytes)
        #expect(range.lowerBound == next)
        next = range.upperBound
      }
      #expect(next == bytes)
    }
  }
}
