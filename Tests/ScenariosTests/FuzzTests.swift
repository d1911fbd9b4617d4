import Foundation
import Testing

@testable import Scenarios

/// Random damage to sound files: whatever comes, an ``InputError`` or a value, never a crash.
@Suite struct FuzzTests {
  /// Set `FUZZ_SEED` to run one of them again: `FUZZ_SEED=17 swift test --filter FuzzTests`.
  private static let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  private func run(
    _ name: String, _ sound: [String], iterations: Int = 4000, _ read: (TestFile, String) throws -> Void
  ) throws {
    var random = SplitMix(Self.seed)
    print("fuzzing \(name): FUZZ_SEED=\(Self.seed) swift test --filter FuzzTests")
    let file = try TestFile("")
    var (errors, values) = (0, 0)
    for i in 0..<iterations {
      var bytes = Array(sound[i % sound.count].utf8)
      for _ in 0...random.below(4) { Self.damage(&bytes, &random) }
      try Data(bytes).write(to: URL(fileURLWithPath: file.path))
      do {
        try read(file, String(decoding: bytes, as: UTF8.self))
        values += 1
      } catch let error as InputError {
        errors += 1
        #expect(!error.problem.isEmpty)
      } catch {
        Issue.record("iteration \(i): \(error)")
      }
    }
    print("\(name): \(errors) errors, \(values) values")
    #expect(errors > iterations / 10)
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    let words = [
      "\"", "{", "}", "[", "]", ",", ":", "\n", "\r", "-", "1e999", "null", "\\u12", "\u{FEFF}", "é", "*a", "&a ", "- ",
      "? ",
      "NaN", "9999999999999999999999", "\0", "\t", "0x1", "~", "''", "-0", "|", "!!int ", "<<", "#", "%",
    ]
    let at = random.below(bytes.count + 1)
    let length = min(bytes.count - at, random.below(20))
    switch random.below(6) {
    case 0: bytes.removeSubrange(at..<at + length)
    case 1: bytes.insert(contentsOf: words[random.below(words.count)].utf8, at: at)
    case 2 where at < bytes.count: bytes[at] = UInt8(truncatingIfNeeded: random.below(256))
    case 3: bytes.insert(contentsOf: bytes[at..<at + length], at: random.below(bytes.count + 1))
    case 4: bytes.replaceSubrange(at..<at + length, with: words[random.below(words.count)].utf8)
    default: if random.below(4) == 0 { bytes.removeSubrange(at...) }
    }
  }

  @Test func scenarios() throws {
    let every = """
      version: 1
      horizon: {jobs: 1000, warm_up_jobs: 10}
      arrivals: {every: 1h}
      durations:
        boot: {mixture: [{weight: 3, law: 2m}, {weight: 1, law: {gamma: {shape: 2, scale: 1h}}}]}
        step: {spot: {mean: 20s, pod_cv: 0.1}, on_demand: {empirical: [1s, 2s]}}
        checkpoint: {blocking: 5s, upload: {weibull: {shape: 2, scale: 1m}}}
      interruptions: {piecewise_by_age: {breaks: [15m, 6h], rates_per_hour: [0.36, 0.036, 0.01]}}
      policies: {max_interruptions: unlimited, answer: {delay: 2h, choice: fail}}

      """
    try run("scenarios", [interfaceExample, every]) { _, text in
      let scenario = try ScenarioReader.decode(text: text)
      _ = scenario.apply(to: .init())
    }
  }

  @Test func trainingFiles() throws {
    let lines = (1...4).map { TrainingText.pair($0).replacingOccurrences(of: "\n", with: " ") }.joined(separator: "\n")
    try run("training files", [TrainingText.whole(3), lines]) { file, _ in
      let training = try TrainingFile.read(path: file.path)
      if let error = training.error { throw error }
    }
  }

  @Test func tables() throws {
    let jobs =
      "job,preset,pricing,rank,training_pairs,tokens_per_pair,total_steps,submitted_at\n"
      + "a,balanced,spot,8,2600,3400,,2026-12-01T09:30:00Z\n\"b\nc\",custom,on_demand,,1,900.5,77,1796117400000000\n"
    try run("tables", [jobs]) { file, _ in
      var failure: (any Error)?
      do { _ = try JobsCSV.read(path: file.path) } catch { failure = error }
      _ = try DurationsCSV.read(path: file.path, duration: "training_pairs")
      if let failure { throw failure }
    }
  }
}

/// Small, and the same everywhere.
struct SplitMix {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}
