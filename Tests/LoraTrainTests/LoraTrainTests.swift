import Foundation
import Testing

/// The command line as a person or a script meets it: the built binary, run as a process.
enum CommandLineTool {
  struct Run {
    var code: Int32
    var output: String
    var errors: String
  }

  /// The package's top folder.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The binary stands beside the tests' own resources.
  static var binary: URL { Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("lora-train") }

  /// - Parameters:
  ///   - cache: where fitted models are kept; nowhere unless a test says so.
  ///   - device: where standard output goes instead of into the answer.
  static func run(
    _ arguments: [String], in folder: URL = root, cache: URL? = nil, environment: [String: String] = [:],
    to device: String? = nil
  ) throws -> Run {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["XDG_CACHE_HOME": cache?.path ?? "/dev/null", "LORA_TRAIN_STORE": "/dev/null/none"]) { $1 }.merging(environment)
    { $1 }
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let files = try (0..<2).map { _ in try Scratch.file("") }
    process.standardOutput =
      try device.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) } ?? FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
    for file in files { try FileManager.default.removeItem(at: file) }
    return Run(code: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  static func json(_ arguments: [String]) throws -> [String: Any] {
    let run = try run(arguments)
    try #require(run.code == 0, "\(arguments): \(run.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }
}

/// Files of a test's own.
enum Scratch {
  static func file(_ text: String, _ ending: String = "txt") throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("lora-train-\(UUID().uuidString).\(ending)")
    try Data(text.utf8).write(to: url)
    return url
  }
}

let history = ["--history", "calibration/history.sqlite"]
