import Foundation
import Testing

/// A kept model answers as a fitted one does, and never for another history.
@Suite struct ModelCacheTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cache-\(UUID().uuidString)")
  private let history = CommandLineTool.root.appendingPathComponent("calibration/history.sqlite").path

  private func estimate(_ path: String, _ more: [String] = []) throws -> CommandLineTool.Run {
    try CommandLineTool.run(
      ["estimate", "--history", path, "--start", "2026-11-20", "--replications", "200", "--json"] + more, cache: folder)
  }

  private var kept: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("lora-train/models").path))
      ?? []
  }

  @Test func aKeptModelAnswersAsAFittedOne() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let fitted = try estimate(history)
    #expect(fitted.code == 0 && kept.count == 1)
    let again = try estimate(history)
    #expect(again.output == fitted.output && again.errors == fitted.errors && kept.count == 1)
    // Another knowledge of the same file is another model.
    let earlier = try estimate(history, ["--as-of", "2026-06-01"])
    #expect(earlier.code == 0 && earlier.output != fitted.output && kept.count == 2)
    // A spoilt one is fitted anew.
    for name in kept {
      try Data("{".utf8).write(to: folder.appendingPathComponent("lora-train/models/\(name)"))
    }
    #expect(try estimate(history).output == fitted.output)
  }

  @Test func aChangedHistoryIsAnother() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("copy.sqlite")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: history, toPath: copy.path)
    #expect(try estimate(copy.path).code == 0 && kept.count == 1)
    // One bit more in the file: whatever it is now, the kept model is not its model.
    let file = try FileHandle(forWritingTo: copy)
    try file.seekToEnd()
    try file.write(contentsOf: Data([1]))
    try file.close()
    #expect(try estimate(copy.path).code == 0 && kept.count == 2)
    // Old models make room.
    let models = folder.appendingPathComponent("lora-train/models")
    for n in 0..<30 { try Data("{}".utf8).write(to: models.appendingPathComponent("\(n).json")) }
    for name in kept {
      let old = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1e9)]
      try FileManager.default.setAttributes(old, ofItemAtPath: models.appendingPathComponent(name).path)
    }
    try FileManager.default.removeItem(at: models.appendingPathComponent("0.json"))
    let file2 = try FileHandle(forWritingTo: copy)
    try file2.seekToEnd()
    try file2.write(contentsOf: Data([2]))
    try file2.close()
    #expect(try estimate(copy.path).code == 0 && kept.count == 16)
    let broken = folder.appendingPathComponent("broken.sqlite")
    try Data("no database".utf8).write(to: broken)
    #expect(try estimate(broken.path).code == 65)
  }

  @Test func aFolderThatCannotBeWrittenKeepsNothing() throws {
    let run = try CommandLineTool.run(
      ["estimate", "--history", history, "--start", "2026-11-20", "--replications", "50", "--json"])
    #expect(run.code == 0 && run.errors.isEmpty)
  }
}
