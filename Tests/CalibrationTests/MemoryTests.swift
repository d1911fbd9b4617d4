import Foundation
import Testing

@testable import Calibration

/// The package's calibration/ folder.
let calibrationFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("calibration")

@Suite("VRAM model")
struct MemoryTests {
  private struct Physical: Decodable {
    struct Row: Decodable {
      let `static`: Double
      let low: Double
      let high: Double
    }
    let vram: [String: Row]
    enum CodingKeys: String, CodingKey { case vram = "vram_GB" }
  }

  @Test("reproduces every row of the table with gradient checkpointing")
  func rows() throws {
    let data = try Data(contentsOf: calibrationFolder.appendingPathComponent("data/physical.json"))
    let table = try JSONDecoder().decode(Physical.self, from: data).vram
    let model = VRAMModel()
    var checked = 0
    for (key, row) in table where key.hasSuffix("_gc") {
      let numbers = key.split(separator: "_").compactMap { Int($0.dropFirst()) }
      let (batch, rank, sequence) = (numbers[0], numbers[1], numbers[2])
      let peak = model.peak(rank: rank, batch: batch, sequence: sequence)
      // The table prints one digit; the grid's quantiles are good to a hundredth of the band.
      let tolerance = 0.1 + 0.01 * (row.high - row.low)
      #expect(abs(peak.low - row.low) <= tolerance, "\(key): \(peak) \(row)")
      #expect(abs(peak.high - row.high) <= tolerance, "\(key): \(peak) \(row)")
      #expect(row.low...row.high ~= peak.median, "\(key)")
      checked += 1
    }
    #expect(checked == 35)
  }

  @Test("reality.md: where r32/batch 4 needs 92 GB, the others need 87, 70 and 67")
  func reality() throws {
    let model = VRAMModel()
    let sequence = try #require(
      (1...16384).first { model.peak(rank: 32, batch: 4, sequence: $0).median >= 92 })
    for (rank, batch, gigabytes) in [(32, 4, 92.0), (8, 4, 87), (32, 2, 70), (16, 2, 67)] {
      let peak = model.peak(rank: rank, batch: batch, sequence: sequence).median
      #expect(abs(peak / gigabytes - 1) < 0.05, "r\(rank) b\(batch): \(peak)")
    }
  }

  @Test("peak rises and the probability falls with rank, batch and sequence length, before and after evidence")
  func monotonic() {
    let seen = MemoryOutcome(rank: 8, batch: 4, sequence: 4096, fitted: 12, outOfMemory: 3)
    for model in [VRAMModel(), VRAMModel().updated(by: [seen])] {
      for rank in [4, 8, 16, 32, 64] {
        for batch in 1...8 {
          for sequence in [512, 2048, 4096, 8192] {
            let here = model.peak(rank: rank, batch: batch, sequence: sequence)
            let fits = model.probabilityFits(rank: rank, batch: batch, sequence: sequence)
            #expect(here.low < here.median && here.median < here.high)
            #expect((0...1).contains(fits))
            for (r, b, s) in [(rank + 8, batch, sequence), (rank, batch + 1, sequence), (rank, batch, sequence + 256)] {
              #expect(model.peak(rank: r, batch: b, sequence: s).median > here.median)
              #expect(model.probabilityFits(rank: r, batch: b, sequence: s) <= fits + 1e-12)
            }
            #expect(model.probabilityFits(capacityGB: 96, rank: rank, batch: batch, sequence: sequence) >= fits - 1e-12)
          }
        }
      }
    }
  }

  @Test("the band is a 90 % interval: at its ends the probability is 5 % and 95 %")
  func band() {
    let model = VRAMModel(staticGB: 40)
    let peak = model.peak(rank: 16, batch: 4, sequence: 4096)
    #expect(abs(model.probabilityFits(capacityGB: peak.low, rank: 16, batch: 4, sequence: 4096) - 0.06) < 0.02)
    #expect(abs(model.probabilityFits(capacityGB: peak.high, rank: 16, batch: 4, sequence: 4096) - 0.94) < 0.02)
  }

  @Test("OOMs lower the probability, successes raise it, the more the further")
  func updating() {
    func fits(_ fitted: Int, _ failed: Int) -> Double {
      VRAMModel().updated(by: [
        MemoryOutcome(rank: 8, batch: 4, sequence: 4096, fitted: fitted, outOfMemory: failed)
      ]).probabilityFits(rank: 8, batch: 4, sequence: 4096)
    }
    let none = fits(0, 0)
    #expect(fits(1, 0) > none && fits(5, 0) > fits(1, 0) && fits(116, 0) > fits(5, 0))
    #expect(fits(0, 1) < none && fits(0, 5) <= fits(0, 1))
    #expect(fits(116, 0) > 0.97)
    #expect(fits(20, 5) > fits(0, 5) && fits(20, 5) < fits(20, 0))
  }

  @Test("a posterior from one batch of evidence equals one from the same evidence in pieces")
  func pieces() {
    let whole = VRAMModel().updated(by: [
      MemoryOutcome(rank: 16, batch: 2, sequence: 8192, fitted: 3, outOfMemory: 2)
    ])
    let ones = [(1, 0), (0, 1), (1, 0), (0, 1), (1, 0)].map {
      MemoryOutcome(rank: 16, batch: 2, sequence: 8192, fitted: $0.0, outOfMemory: $0.1)
    }
    let parts = VRAMModel().updated(by: ones)
    let (a, b) = (
      whole.probabilityFits(rank: 32, batch: 2, sequence: 8192),
      parts.probabilityFits(rank: 32, batch: 2, sequence: 8192)
    )
    #expect(abs(a - b) < 1e-9)
  }

  @Test("a lone OOM far below the capacity is bad luck, not a new formula")
  func badLuck() {
    let model = VRAMModel().updated(by: [
      MemoryOutcome(rank: 16, batch: 2, sequence: 2048, fitted: 99, outOfMemory: 1)
    ])
    let band = model.peak(rank: 16, batch: 2, sequence: 2048)
    #expect(abs(band.median - VRAMModel().peak(rank: 16, batch: 2, sequence: 2048).median) < 1)
    let fits = model.probabilityFits(rank: 16, batch: 2, sequence: 2048)
    #expect(fits > 0.95 && fits < 0.999)
  }

  @Test("constants and evidence survive encoding")
  func coding() throws {
    let model = VRAMModel().updated(by: [MemoryOutcome(rank: 8, batch: 4, sequence: 4096, fitted: 7)])
    let data = try JSONEncoder().encode(model)
    #expect(data.count < 1000)
    #expect(try JSONDecoder().decode(VRAMModel.self, from: data) == model)
  }

  @Test("sequence length: the longest pair, cut at the maximum")
  func sequence() {
    #expect(VRAMModel.sequenceLength(longestPair: 3000, maximum: 4096) == 3000)
    #expect(VRAMModel.sequenceLength(longestPair: 9000, maximum: 4096) == 4096)
    #expect(VRAMModel.sequenceLength(longestPair: nil, maximum: 2048) == 2048)
  }
}

@Suite("Advice on memory")
struct MemoryAdviceTests {
  /// The story's case: batch 4, rank 32.
  private var story: JobConfiguration {
    var configuration = JobConfiguration(preset: .custom, pricing: .spot)
    (configuration.rank, configuration.batchSize, configuration.gradientAccumulation) = (32, 4, 1)
    return configuration
  }

  @Test("the largest batch that fits keeps the effective batch")
  func largest() throws {
    let model = VRAMModel()
    let found = try #require(model.largestBatchThatFits(rank: 32, sequence: 4096, keepingEffectiveBatch: 12))
    #expect(found.batch * found.accumulation == 12)
    #expect(model.probabilityFits(rank: 32, batch: found.batch, sequence: 4096) >= 0.9)
    #expect(model.probabilityFits(rank: 32, batch: 3, sequence: 4096) < 0.9 || found.batch >= 3)
    #expect(model.largestBatchThatFits(rank: 32, sequence: 100_000, keepingEffectiveBatch: 4) == nil)
    #expect(model.largestBatchThatFits(rank: 32, sequence: 512, keepingEffectiveBatch: 0) == nil)
  }

  @Test("batch 4 → 2 is offered, Conservative (still batch 4) is not")
  func stories() throws {
    let suggestions = VRAMModel().suggestions(for: story)
    #expect(
      suggestions.first?.text == "Reduce batch_size to 2 with gradient_accumulation_steps 2 (needs about 71 GB)")
    #expect(!suggestions.contains { $0.kind == .preset || $0.kind == .rank })
    #expect(suggestions.contains { $0.kind == .sequence })
    #expect(suggestions.allSatisfy { $0.probabilityFits >= 0.9 })
    #expect(suggestions.first?.configuration.steps == story.steps)
  }

  @Test("Conservative is offered once batch 4 has been seen to fit")
  func learnt() {
    let model = VRAMModel().updated(by: [MemoryOutcome(rank: 8, batch: 4, sequence: 4096, fitted: 116)])
    let suggestions = model.suggestions(for: story)
    #expect(suggestions.contains { $0.kind == .preset })
  }

  @Test("what fits needs no suggestion")
  func fits() {
    #expect(VRAMModel().suggestions(for: JobConfiguration(preset: .balanced, pricing: .spot)).isEmpty)
    #expect(VRAMModel().suggestions(for: story, longestPair: 900).isEmpty)
  }
}

@Suite("Memory outcomes of a history")
struct MemoryHistoryTests {
  private func job(_ id: String, _ preset: Preset, gpu: String = "h100-pcie-80gb") -> History.Job {
    History.Job(
      id: id, name: id, configuration: JobConfiguration(preset: preset, pricing: .spot), conversations: 242,
      trainingTokens: 1, gpuType: gpu, submitted: .distantPast)
  }

  @Test("completed jobs and jobs with steps fitted, OOMs did not, the rest say nothing")
  func outcomes() {
    var history = History(source: "test")
    var completed = job("a", .balanced)
    completed.outcome = .completed
    var failed = job("b", .balanced)
    (failed.outcome, failed.failure) = (.failed, "out_of_memory")
    var crashed = job("c", .balanced)
    (crashed.outcome, crashed.failure, crashed.leases) = (.failed, "worker_crash", [0])
    var cancelled = job("d", .balanced)
    cancelled.outcome = .cancelled
    var running = job("e", .conservative)
    running.leases = [1]
    var unknown = job("f", .conservative, gpu: "gpu")
    unknown.outcome = .completed
    history.jobs = [completed, failed, crashed, cancelled, running, unknown]
    var none = History.Lease(id: "0", job: 2, pricing: .spot, hourlyRate: 1, granted: .distantPast)
    none.stages = [History.StageRun(stage: .modelLoading, started: .distantPast, ended: nil, completed: false)]
    var some = History.Lease(id: "1", job: 4, pricing: .spot, hourlyRate: 1, granted: .distantPast)
    some.progress = [(10, .distantPast)]
    history.leases = [none, some]
    #expect(
      MemoryOutcome.seen(in: history) == [
        MemoryOutcome(rank: 8, batch: 4, sequence: 4096, fitted: 1),
        MemoryOutcome(rank: 16, batch: 2, sequence: 4096, fitted: 1, outOfMemory: 1),
      ])
  }

  @Test("the size of a GPU is in its name")
  func capacity() {
    #expect(MemoryOutcome.capacityGB(of: "h100-pcie-80gb") == 80)
    #expect(MemoryOutcome.capacityGB(of: "H200-SXM-141GB") == 141)
    #expect(MemoryOutcome.capacityGB(of: "h100") == nil)
  }
}
