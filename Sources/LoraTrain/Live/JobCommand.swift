import ArgumentParser
import Foundation
import Scenarios
import Web

/// Jobs of the live system.
struct JobCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Makes jobs, shows them, and does things to them.",
    discussion: """
      EXAMPLES
        lora-train job create --name support-v3 --preset balanced --pricing spot --pairs 2600 --tokens-per-pair 3400
        lora-train job list --status training
        lora-train job wait job-7
      """,
    subcommands: [
      JobCreate.self, List.self, Show.self, Events.self, Wait.self, Cancel.self, Pause.self, Resume.self, Promote.self,
      Override.self, Answer.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists jobs, the newest first.", discussion: "EXAMPLE\n  lora-train job list --status failed --csv")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Only those with this status: queued, training, completed …") var status: String?
    @Option(help: "Only those of this client.") var client: String?
    @Option(help: "Only those whose id or name holds this.") var search: String?
    @Option(help: "At most so many.") var limit = 100
    @Flag(help: "Comma-separated values.") var csv = false

    func run() async throws {
      let list: JobList = try await LiveClient(store).get("/v1/jobs")
      let jobs = list.jobs.reversed().filter { job in
        (status.map { $0 == job.status } ?? true) && (client.map { $0 == job.client } ?? true)
          && (search.map { job.id.contains($0) || job.name.lowercased().contains($0.lowercased()) } ?? true)
      }.prefix(max(0, limit))
      if output.json { return print(try JobText.json(Array(jobs))) }
      print(csv ? JobText.csv(Array(jobs)) : JobText.table(Array(jobs)))
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows one job.", discussion: "EXAMPLE\n  lora-train job show job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let job: JobDocument = try await LiveClient(target.store).get("/v1/jobs/\(target.path)")
      print(output.json ? try JobText.json(job) : JobText.one(job))
    }
  }

  struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What the journal says of a job, in order.", discussion: "EXAMPLE\n  lora-train job events job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let list: EventList = try await LiveClient(target.store).get("/v1/jobs/\(target.path)/events")
      if output.json { return print(try JobText.json(list)) }
      var table = Table(header: ["at (UTC)", "event", "details"])
      table.left = [0, 1, 2]
      table.rows = list.events.map { [$0.at, $0.event, $0.details] }
      print(table.text)
    }
  }

  struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Waits until a job is over; ends with 1 unless it completed.",
      discussion: "EXAMPLE\n  lora-train job wait job-7 && ./deploy")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let client = try LiveClient(target.store)
      var job: JobDocument = try await client.get("/v1/jobs/\(target.path)")
      while !job.isOver {
        try await Task.sleep(for: .milliseconds(500))
        job = try await client.get("/v1/jobs/\(target.path)")
      }
      print(output.json ? try JobText.json(job) : JobText.one(job))
      guard job.status == "completed" else { throw ExitCode(1) }
    }
  }

  /// What is done to one job.
  private static func act(_ action: String, _ target: JobTarget, _ output: OutputOptions) async throws {
    let job: JobDocument = try await LiveClient(target.store).post("/v1/jobs/\(target.path)/\(action)")
    print(output.json ? try JobText.json(job) : JobText.one(job))
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cancels a job; its pod is ended within a minute, and what was not saved is lost.",
      discussion: "EXAMPLE\n  lora-train job cancel job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions
    func run() async throws { try await JobCommand.act("cancel", target, output) }
  }

  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a job save what it has and ends its pod, until it is resumed.",
      discussion: "EXAMPLE\n  lora-train job pause job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions
    func run() async throws { try await JobCommand.act("pause", target, output) }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Queues a paused job again.", discussion: "EXAMPLE\n  lora-train job resume job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions
    func run() async throws { try await JobCommand.act("resume", target, output) }
  }

  struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts a queued job first.", discussion: "EXAMPLE\n  lora-train job promote job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions
    func run() async throws { try await JobCommand.act("promote", target, output) }
  }

  struct Override: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a blocked job pass the budget's gate.", discussion: "EXAMPLE\n  lora-train job override job-7")
    @OptionGroup var target: JobTarget
    @OptionGroup var output: OutputOptions
    func run() async throws { try await JobCommand.act("override", target, output) }
  }

  struct Answer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Answers a job that needs a decision.",
      discussion: "EXAMPLE\n  lora-train job answer job-7 on-demand")
    @OptionGroup var target: JobTarget
    @Argument(help: "on-demand, keep-trying or fail.") var answer: String
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard ["on-demand", "keep-trying", "fail"].contains(answer) else {
        throw ValidationError("the answer is on-demand, keep-trying or fail, not '\(answer)'")
      }
    }
    func run() async throws { try await JobCommand.act("answer-\(answer)", target, output) }
  }
}

/// One job of one store.
struct JobTarget: ParsableArguments {
  @Argument(help: "The job: job-7, or 7.") var id: String
  @OptionGroup var store: StoreOptions

  /// As part of an address.
  var path: String { id.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-"])) ?? "" }
}
