import ArgumentParser
import Foundation
import Scenarios

/// PDF reports of the live system.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes PDF reports: of one job, of what spot has saved, of jobs side by side.",
    discussion: """
      EXAMPLES
        lora-train report training job-7 --output job-7.pdf
        lora-train report validation job-7 --output job-7-validation.pdf
        lora-train report cost --from 2026-11-01 --until 2026-12-01 --output november.pdf
        lora-train report comparison job-5 job-6 job-7 --output comparison.pdf
        lora-train report link job-7 --costs
      """, subcommands: [Training.self, Validation.self, Cost.self, Comparison.self, Link.self])

  /// Where the PDF goes.
  struct Target: ParsableArguments {
    @OptionGroup var live: LiveOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("The PDF to write.", valueName: "file.pdf")) var output: String

    private struct Written: Encodable {
      var file: String
      var bytes: Int
    }

    func write(_ path: String) async throws {
      let data = try await live.client.bytes("GET", path)
      do {
        try data.write(to: URL(filePath: output), options: .atomic)
      } catch {
        throw InputError(
          .cannotCreate, file: output, "cannot be written", hint: "check the folder, and who may write there")
      }
      if live.json {
        try live.emit(Written(file: output, bytes: data.count))
      } else {
        Failure.say("\(output): \(data.count) bytes")
      }
    }
  }

  /// A job, and where the PDF about it goes.
  struct JobReport: ParsableArguments {
    @Argument(help: "The job: job-7, or 7.") var job: String
    @OptionGroup var target: Target

    func write(_ name: String) async throws {
      try await target.write("/api/v1/jobs/\(LiveClient.escaped(job))/\(name).pdf")
    }
  }

  struct Training: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "training", abstract: "What a job was, did and cost.",
      discussion: "EXAMPLE\n  lora-train report training job-7 --output job-7.pdf")
    @OptionGroup var report: JobReport

    func run() async throws { try await report.write("report") }
  }

  struct Validation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "validation",
      abstract: "Whether a job's model is better than its base, by what, and whether it may be delivered.",
      discussion: "EXAMPLE\n  lora-train report validation job-7 --output job-7-validation.pdf")
    @OptionGroup var report: JobReport

    func run() async throws { try await report.write("validation") }
  }

  struct Cost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cost",
      abstract: "What spot instances have saved against on demand, with what their interruptions cost.",
      discussion: "EXAMPLE\n  lora-train report cost --from 2026-11-01 --until 2026-12-01 --output november.pdf")
    @Option(help: "Jobs that ended from here on; 30 days before the end without it.") var from: String?
    @Option(help: "Jobs that ended before; now without it.") var until: String?
    @OptionGroup var target: Target

    func run() async throws {
      let query = [("from", from), ("until", until)].compactMap { name, value in
        value.map { "\(name)=\(LiveClient.escaped($0))" }
      }
      try await target.write("/api/v1/reports/cost.pdf" + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
    }
  }

  struct Comparison: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "comparison", abstract: "Two to four jobs side by side, and which to build on.",
      discussion: "EXAMPLE\n  lora-train report comparison job-5 job-6 --output comparison.pdf")
    @Argument(help: "Two to four jobs.") var jobs: [String]
    @OptionGroup var target: Target

    func validate() throws {
      guard (2...4).contains(jobs.count) else {
        throw ValidationError("two to four jobs are compared, not \(jobs.count)")
      }
    }

    func run() async throws {
      try await target.write(
        "/api/v1/reports/comparison.pdf?jobs=\(jobs.map(LiveClient.escaped).joined(separator: ","))")
    }
  }

  struct Link: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "link", abstract: "A link to a job's report that holds for 30 days and needs no account.",
      discussion: "EXAMPLE\n  lora-train report link job-7 --costs")
    @OptionGroup var target: JobTarget
    @Flag(help: "The report shows what the job cost.") var costs = false
    @Flag(help: "The report shows the job's notes.") var notes = false

    private struct Wish: Encodable {
      var showsCosts: Bool
      var showsNotes: Bool
      enum CodingKeys: String, CodingKey {
        case showsCosts = "shows_costs"
        case showsNotes = "shows_notes"
      }
    }
    private struct Answer: Codable {
      var path: String
      var until: String
    }

    func run() async throws {
      let client = try target.live.client
      let link: Answer = try await client.send(
        "POST", "/api/v1/jobs/\(target.path)/report-link", Wish(showsCosts: costs, showsNotes: notes))
      try target.live.answer(link, "\(client.address)\(link.path)\nholds until \(link.until)")
    }
  }
}
