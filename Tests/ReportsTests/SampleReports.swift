import DiscreteEvent
import Foundation

@testable import Reports

extension Samples {
  static let made = Date(timeIntervalSince1970: 1_795_000_000)

  static func trainingReport() throws -> TrainingReport {
    let costs = try CostParts(
      [
        .init("Training that is kept", nanodollars: 29_871_333_333),
        .init("Setup and finalization", nanodollars: 1_204_999_999),
        .init("Checkpoints", nanodollars: 845_000_001), .init("Work lost to interruptions", nanodollars: 620_333_334),
        .init("Recovery", nanodollars: 584_111_111), .init("Storage", nanodollars: 154_222_222),
      ], total: 33_280_000_000)
    var report = try TrainingReport(
      jobName: "support-v3 <Acme & Co>", jobID: "job-7", status: "completed", preset: "Balanced",
      hardware: "H100 spot instance",
      steps: 1950, costs: costs, interruptions: 2, interruptionOverhead: 1_204_444_445)
    report.client = "Acme Financial Advisors"
    report.project = "Q1 2027 AI Enhancement"
    report.started = Date(timeIntervalSince1970: november)
    report.ended = Date(timeIntervalSince1970: november + 13.2 * 3600)
    report.duration = 13.2 * 3600
    report.trainingFile = [
      ReportFact("Training file", "acme-2026-11.json: 242 conversations"),
      ReportFact("Quality scores", "mean 4.6 of 5"),
    ]
    report.stepsPerEpoch = 650
    report.trainingLoss = loss(1950)
    report.validationLoss = stride(from: 0.0, to: 1950, by: 150).map { ChartPoint($0, 0.31 + 1.1 * exp(-$0 / 390)) }
    report.learningRate = stride(from: 0.0, to: 1950, by: 10).map {
      ChartPoint($0, 2e-4 * min(1, $0 / 100) * (1 - $0 / 2100))
    }
    report.gpuUtilization = 0.87
    report.leases = [(hours: 13.2, rate: 2.49, pricing: "on spot")]
    report.onDemandEquivalent = (146_000_000_000, "the same hours at $11.06 an hour, the scenario's rate")
    report.configuration = (0..<30).map { ReportFact("setting_\($0)", "value \($0 * 7)") }
    report.checkpoints = (1...19).map {
      .init(step: $0 * 100, at: Date(timeIntervalSince1970: november + Double($0) * 2400))
    }
    report.events = [("job submitted", 1), ("pod granted", 3), ("checkpoint saved", 19), ("pod interrupted", 2)]
    report.interruptionSteps = [850, 1400]
    report.notes = [
      .init(
        at: Date(timeIntervalSince1970: november), person: "ana",
        text: "Testing whether r=32 improves emotional data.\nSecond line.")
    ]
    report.validation = [ReportFact("Perplexity", "24.5 → 16.8, 31 % improvement: ✓ Production Ready")]
    return report
  }

  static func costReport(_ count: Int = 60) throws -> CostReport {
    let noise = noise(count * 2, seed: 5)
    return try CostReport(
      jobs: (0..<count).map { index in
        let spot = Int64(48e9 * (1 + 0.3 * noise[index])) + 3_333_333
        let onDemand = Int64(146e9 * (1 + 0.3 * noise[count + index]))
        return .init(
          name: "job-\(index)", spot: spot, onDemand: onDemand, interruptions: index % 4,
          overhead: Int64(index % 4) * 600_000_000)
      }, allJobs: count + 5, from: Date(timeIntervalSince1970: november),
      until: Date(timeIntervalSince1970: november + 30 * 86400),
      rateSource: "$7.99 an hour, the stories' scenario")
  }

  static func runComparison() throws -> RunComparison {
    func run(_ name: String, _ rank: Int, _ end: Double, _ cost: Int64, isCompleted: Bool = true) -> RunComparison.Run {
      .init(
        name: name, preset: rank == 16 ? "Balanced" : "Aggressive", gpu: "H100 spot", isCompleted: isCompleted,
        trainingLoss: loss(1950, seed: UInt64(rank)),
        validationLoss: stride(from: 0.0, to: 1950, by: 150).map {
          ChartPoint($0, end + 1.1 * exp(-$0 / 390))
        }, perplexity: nil, duration: 3600 * Double(rank), cost: cost,
        configuration: [ReportFact("rank", "\(rank)"), ReportFact("epochs", "3")])
    }
    return try RunComparison([
      run("support-v1", 8, 0.40, 25_000_000_000), run("support-v2", 16, 0.31, 48_000_000_000),
      run("support-v3", 32, 0.305, 160_000_000_000), run("broken", 64, 0.1, 5_000_000_000, isCompleted: false),
    ])
  }

  static func validationReport() throws -> ValidationReport {
    let cells = (0..<3).flatMap { (row: Int) -> [ChartHeatMap.Cell] in
      (0..<4).map { (column: Int) -> ChartHeatMap.Cell in
        .init(
          column: column, row: row, value: 0.1 * Double(row + column), n: row + column + 2, isGreyed: row + column == 0)
      }
    }
    return try ValidationReport(
      jobName: "support-v3", baseModel: "Llama 3 70B",
      gates: [
        .init(
          "Perplexity", badge: "✓ Production Ready", detail: "31 % (95 %: 28 % to 35 %), 48 conversations",
          verdict: .passes),
        .init("Regressions", badge: "⚠ 3 minor", detail: "3 of 50 beyond the judge's noise", verdict: .warns),
        .init("Knowledge", badge: "✗ Failed", detail: "retention 88 % (81 % to 93 %)", verdict: .blocks),
      ],
      sections: [
        .init(
          "Emotional intelligence",
          method: ["50 scenarios, both answers judged blind and in random order by two people (alpha 0.71)."],
          unit: "Score of 5",
          estimates: [
            .init("Empathy", baseline: 3.1, trained: 4.6, improvement: 0.48, low: 0.37, high: 0.6, n: 50),
            .init("Clarity", baseline: 3.4, trained: 3.5, improvement: 0.03, low: -0.04, high: 0.11, n: 50),
            .init("Appropriateness", baseline: 3.1, trained: 2.6, improvement: -0.16, low: -0.24, high: -0.07, n: 50),
          ],
          heatMap: (
            ["Anxious Investor", "Pragmatic Skeptic", "Hopeful Planner"], ["Triumph", "Struggle", "Anxiety", "Relief"],
            cells
          ),
          findings: ["Scenario #23: 4.2 → 3.8 (−10 %)"],
          recommendations: ["Add 10+ more “Pragmatic Skeptic + Anxiety” conversations for better coverage."])
      ],
      examples: [
        .init(
          prompt: "A client fears the market.", baseline: "Diversify.", trained: "That is a hard week …",
          remark: "empathy")
      ])
  }
}

/// Programs of poppler-utils; tests that need them are left out where they are not installed.
enum Poppler {
  static let isInstalled = ["pdftotext", "pdfinfo"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  static func run(_ tool: String, _ options: [String], on pdf: [UInt8]) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pdf")
    try Data(pdf).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/\(tool)")
    process.arguments = options + [file.path] + (tool == "pdftotext" ? ["-"] : [])
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
