import Foundation
import Testing

/// The program in the documentation is compiled against the package's own modules and run.
@Suite struct EmbeddingTests {
  @Test func theTwentyLinesCompileAndRun() throws {
    let page = Demonstration.root.appendingPathComponent("Sources/Planning/Planning.docc/Embedding.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let parts = text.components(separatedBy: "```swift\n")
    try #require(parts.count == 2, "the page holds one program")
    let program = try #require(parts[1].components(separatedBy: "```").first)
    #expect(program.split(separator: "\n").count <= 20)
    let build = Bundle.module.bundleURL.deletingLastPathComponent()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("embedding-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let main = folder.appendingPathComponent("main.swift")
    try Data(program.utf8).write(to: main)
    var objects: [String] = []
    for module in ["DiscreteEvent", "Engine", "Calibration", "Scenarios", "Simulator", "Planning", "Yams", "CYaml"] {
      let objectFolder = build.appendingPathComponent("\(module).build")
      let files = FileManager.default.enumerator(atPath: objectFolder.path)?.compactMap { $0 as? String } ?? []
      // Objects of sources that are gone may lie about in a folder that was built before.
      let sources = try? String(contentsOf: objectFolder.appendingPathComponent("sources"), encoding: .utf8)
      let current = sources.map {
        Set($0.split(separator: "\n").map { URL(fileURLWithPath: String($0)).lastPathComponent })
      }
      objects += files.filter { file in
        let name = URL(fileURLWithPath: file).lastPathComponent
        return name.hasSuffix(".o") && current?.contains(String(name.dropLast(2))) ?? true
      }.map { objectFolder.appendingPathComponent($0).path }
    }
    // Scratch folder / checkouts: the one C module that a dependency brings.
    let yaml = build.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("checkouts/Yams/Sources/CYaml/include")
    let binary = folder.appendingPathComponent("example")
    let compiled = try run(
      "/usr/bin/env",
      ["swiftc", "-swift-version", "6", "-I", build.appendingPathComponent("Modules").path]
        + ["-Xcc", "-fmodule-map-file=\(Demonstration.root.path)/Sources/CGSL/module.modulemap"]
        + ["-Xcc", "-fmodule-map-file=\(yaml.path)/module.modulemap"]
        + [main.path] + objects + ["-lgsl", "-lgslcblas", "-lm", "-o", binary.path])
    try #require(compiled.code == 0, "\(compiled.text)")
    let answer = try run(binary.path, [])
    #expect(answer.code == 0 && answer.text.contains("$"), "\(answer.text)")
    print("embedding example: \(answer.text)")
  }

  private func run(_ path: String, _ arguments: [String]) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
