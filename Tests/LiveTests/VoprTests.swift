import DiscreteEvent
import Foundation
import Testing

/// The whole under every fault there is: see ``VoprWorld``. `make vopr SEEDS=100000 FROM=1` runs more than `make test`.
@Suite struct VoprTests {
  static func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }

  @Test func nothingIsLostAndNothingLeaks() async throws {
    let from = VoprTests.number("FROM") ?? 1
    let count = VoprTests.number("SEEDS") ?? 200
    // One failure is enough for who plants bugs.
    let stopsEarly = VoprTests.number("STOP") != nil
    let threads = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
    let (failures, quickStarts, caps) = await withTaskGroup(of: (failures: [String], quickStarts: Int, caps: Int).self)
    { group in
      for thread in 0..<threads {
        group.addTask {
          var failures: [String] = []
          var (quickStarts, caps) = (0, 0)
          for seed in stride(from: from + thread, to: from + count, by: Int(threads)) {
            if stopsEarly, !failures.isEmpty { break }
            // A month takes half a second: whoever waits for this thread has its turn.
            await Task.yield()
            do {
              let world = try VoprWorld(seed: seed)
              try world.run()
              quickStarts += world.quickStarts
              caps += world.capsPassed
            } catch { failures.append("\(error)") }
          }
          return (failures, quickStarts, caps)
        }
      }
      return await group.reduce(into: ([], 0, 0)) { $0 = ($0.0 + $1.failures, $0.1 + $1.quickStarts, $0.2 + $1.caps) }
    }
    #expect(failures.isEmpty, "\(failures.count) of \(count) seeds: \(failures.prefix(10).joined(separator: "\n"))")
    // Each of them was held against a replay of everything.
    #expect(quickStarts > 0 || count < 20)
    // Jobs did reach their caps, in worlds in which that can be held against money.
    #expect(caps > 0 || count < 100)
    if let first = failures.first,
      let seed = first.split(separator: " ").dropFirst().first.flatMap({ UInt64($0.dropLast()) })
    {
      let world = try VoprWorld(seed: seed, keepsTrace: true)
      try? world.run()
      print("make vopr SEEDS=1 FROM=\(seed)\n" + world.trace.suffix(40).joined(separator: "\n"))
    }
  }
}
