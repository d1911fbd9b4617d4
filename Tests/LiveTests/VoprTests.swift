import DiscreteEvent
import Foundation
import Testing

/// The whole under every fault there is: see ``VoprWorld``. `make vopr SEEDS=100000 FROM=1` runs more than `make test`.
@Suite struct VoprTests {
  static func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
  static var from: UInt64 { number("FROM") ?? 1 }
  static var count: UInt64 { number("SEEDS") ?? 200 }

  /// Lives through worlds on all cores.
  private func live(
    _ count: UInt64, _ world: @escaping @Sendable (_ seed: UInt64) throws -> VoprTally
  ) async -> VoprTally {
    // One failure is enough for who plants bugs.
    let stopsEarly = Self.number("STOP") != nil
    let (from, threads) = (Self.from, UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount)))
    return await withTaskGroup(of: VoprTally.self) { group in
      for thread in 0..<threads {
        group.addTask {
          var found = VoprTally()
          for seed in stride(from: from + thread, to: from + count, by: Int(threads)) {
            if stopsEarly, !found.failures.isEmpty { break }
            // A month takes half a second: whoever waits for this thread has its turn.
            await Task.yield()
            do { found.add(try world(seed)) } catch { found.failures.append("\(error)") }
          }
          return found
        }
      }
      return await group.reduce(into: VoprTally()) { $0.add($1) }
    }
  }

  /// - Parameter trace: the world of a seed, with its trace.
  private func judge(
    _ found: VoprTally, _ what: String, _ count: UInt64, trace: (UInt64) throws -> [String]
  ) rethrows {
    print("vopr, \(what): seeds \(Self.from)..<\(Self.from + count): \(found.summary)")
    let failures = found.failures
    #expect(failures.isEmpty, "\(failures.count) of \(count) seeds: \(failures.prefix(10).joined(separator: "\n"))")
    if let first = failures.first,
      let seed = first.split(separator: " ").dropFirst().first.flatMap({ UInt64($0.dropLast()) })
    {
      let trace = try trace(seed)
      let ends = trace.filter { $0.contains("crash ") || $0.contains("restart") }.suffix(12)
      print("make vopr SEEDS=1 FROM=\(seed)\n" + (ends + ["…"] + trace.suffix(40)).joined(separator: "\n"))
    }
  }

  private static func trace(_ world: VoprWorld) -> [String] {
    try? world.run()
    return world.trace
  }

  @Test func nothingIsLostAndNothingLeaks() async throws {
    let count = Self.count
    let found = await live(count) { seed in
      let world = try VoprWorld(seed: seed)
      try world.run()
      return VoprTally(world)
    }
    try judge(found, "in memory", count) { Self.trace(try VoprWorld(seed: $0, keepsTrace: true)) }
    // Each of them was held against a replay of everything.
    #expect(found["quick starts"] > 0 || count < 20)
    // Doubled creations are met, and the second pod of a name speaks.
    #expect(found["reports of strays"] > 0 || count < 200)
    // Jobs did reach their caps, in worlds in which that can be held against money.
    #expect(found["caps passed"] > 0 || count < 100)
    for what in [
      "calls answered 429", "ends answered 5xx after success", "forged reports", "replayed reports",
      "looks of a copy beside its original", "pods in a queue",
    ] { #expect(found[what] > 0 || count < 100, "\(what): never met") }
  }

  /// The store on a disk that loses power, fills up and fails: what was acknowledged is there, and nothing else is.
  @Test(.enabled(if: FragileDisk.isPossible, "this SQLite opens no file by an address"))
  func nothingIsLostOnADiskThatFails() async throws {
    let count = max(1, Self.count / 100)
    let found = await live(count) { seed in
      let world = try VoprWorld(seed: seed, isOnDisk: true)
      try world.run()
      return VoprTally(world)
    }
    try judge(found, "on disk", count) { Self.trace(try VoprWorld(seed: $0, isOnDisk: true, keepsTrace: true)) }
    for fault in FragileDisk.Fault.allCases {
      #expect(found["disk: \(fault)"] > 0 || count < 20, "\(fault): never met")
    }
    #expect(found["failed steps found on the disk"] > 0 || count < 100)
  }

  /// Two installations rent on one account, each with its own store: neither touches, adopts or is billed for the other's pods, though the
  /// name of one is the beginning of the other's.
  @Test func twoInstallationsOnOneAccountLeaveEachOtherAlone() async throws {
    let count = max(1, Self.count / 20)
    let found = await live(count) { seed in
      let (first, second) = try Self.neighbours(seed)
      do {
        while first.next < .distantFuture || second.next < .distantFuture {
          _ = try first.next <= second.next ? first.advance() : second.advance()
        }
      } catch {
        throw VoprWorld.Failure(description: "seed \(seed), two on one account: \(error)")
      }
      var tally = VoprTally(first)
      tally.add(VoprTally(second))
      return tally
    }
    try judge(found, "two on one account", count) { seed in
      let (first, second) = try Self.neighbours(seed, keepsTrace: true)
      do {
        while first.next < .distantFuture || second.next < .distantFuture {
          _ = try first.next <= second.next ? first.advance() : second.advance()
        }
      } catch {}
      return first.trace.suffix(20) + second.trace.suffix(20)
    }
    #expect(found["lists with a neighbour's pods"] > 0)
  }

  private static func neighbours(_ seed: UInt64, keepsTrace: Bool = false) throws -> (VoprWorld, VoprWorld) {
    let first = try VoprWorld(seed: seed, store: "team-\(seed)", keepsTrace: keepsTrace)
    let second = try VoprWorld(seed: seed + 1_000_000, store: "team-\(seed)-1", keepsTrace: keepsTrace)
    (first.neighbour, second.neighbour) = (second, first)
    return (first, second)
  }
}
