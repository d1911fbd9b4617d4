import ArgumentParser
import Foundation
import Journal
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
      JobCreate.self, JobListCommand.self, JobQueueCommand.self, Show.self, Events.self, Metrics.self, Note.self,
      Wait.self, Confirm.self, Cancel.self, Pause.self, Resume.self, JobRetry.self, Promote.self, Override.self,
      Answer.self,
      JobShare.self, JobHide.self, JobNoteEdit.self,
    ])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows one job.", discussion: "EXAMPLE\n  lora-train job show job-7")
    @OptionGroup var target: JobTarget

    func run() async throws {
      let client = try target.live.client
      let job: JobDocument = try await client.get("/api/v1/jobs/\(target.path)")
      if target.live.json { return try target.live.emit(job) }
      print(JobText.one(job))
      // What stands against a pod, and what can be done about it.
      guard ["waiting_for_gpu", "awaiting_decision"].contains(job.status) else { return }
      let events: [EventDocument] = try await client.all(
        "/api/v1/jobs/\(target.path)/events", \EventList.events, \.next)
      let mark = "pod_refused: "
      if let refusal = events.last(where: { $0.details.hasPrefix(mark) }) {
        print(refusal.details.dropFirst(mark.count))
      }
    }
  }

  struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "events", abstract: "What the journal says of a job, in order.",
      discussion: "EXAMPLE\n  lora-train job events job-7")
    @OptionGroup var target: JobTarget

    func run() async throws {
      let list = EventList(
        events: try await target.live.client.all("/api/v1/jobs/\(target.path)/events", \EventList.events, \.next))
      if target.live.json { return try target.live.emit(list) }
      var table = Table(header: ["at (UTC)", "event", "details"])
      table.left = [0, 1, 2]
      table.rows = list.events.map { [$0.at, $0.event, $0.details] }
      print(table.text)
    }
  }

  struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "wait", abstract: "Waits until a job is over; ends with 1 unless it completed.",
      discussion: "EXAMPLE\n  lora-train job wait job-7 && ./deploy")
    @OptionGroup var target: JobTarget

    func run() async throws {
      let client = try target.live.client
      var job: JobDocument = try await client.get("/api/v1/jobs/\(target.path)")
      while !job.isOver {
        try await Task.sleep(for: .milliseconds(500))
        job = try await client.get("/api/v1/jobs/\(target.path)")
      }
      try target.live.answer(job, JobText.one(job))
      guard job.status == "completed" else { throw ExitCode(1) }
    }
  }

  /// What is done to one job.
  private static func act(_ action: String, _ target: JobTarget, why justification: String? = nil) async throws {
    let job: JobDocument = try await target.live.client.send(
      "POST", "/api/v1/jobs/\(target.path)/\(action)", Reason(justification: justification))
    try target.live.answer(job, JobText.one(job))
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cancel",
      abstract: "Cancels a job; its pod is ended within a minute, and what was not saved is lost.",
      discussion: "EXAMPLE\n  lora-train job cancel job-7 --reason 'Loss not decreasing'")
    @OptionGroup var target: JobTarget
    @Option(help: "Loss not decreasing, Too expensive, Wrong configuration, Testing, or your own words.") var reason:
      String?
    func run() async throws { try await JobCommand.act("cancel", target, why: reason) }
  }

  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "confirm", abstract: "Submits a draft as it is.",
      discussion: "EXAMPLE\n  lora-train job confirm job-7")
    @OptionGroup var target: JobTarget
    func run() async throws { try await JobCommand.act("confirm", target) }
  }

  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pause", abstract: "Lets a job save what it has and ends its pod, until it is resumed.",
      discussion: "EXAMPLE\n  lora-train job pause job-7")
    @OptionGroup var target: JobTarget
    func run() async throws { try await JobCommand.act("pause", target) }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume",
      abstract: "Queues a paused job again; with --pricing, what is left passes the budget anew.",
      discussion: "EXAMPLE\n  lora-train job resume job-7 --pricing on-demand")
    @OptionGroup var target: JobTarget
    @Option(help: "spot or on-demand; without it as before.") var pricing: String?
    func validate() throws {
      if let pricing, !["spot", "on-demand", "on_demand"].contains(pricing) {
        throw ValidationError("--pricing is spot or on-demand, not '\(pricing)'")
      }
    }
    func run() async throws {
      let action = pricing.map { "resume-\($0.replacing("_", with: "-"))" } ?? "resume"
      try await JobCommand.act(action, target)
    }
  }

  struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "promote", abstract: "Puts a queued job first; takes a manager, and says why.",
      discussion: "EXAMPLE\n  lora-train job promote job-7 --justification 'the client waits'")
    @OptionGroup var deed: JustifiedDeed
    func run() async throws { try await JobCommand.act("promote", deed.target, why: deed.justification) }
  }

  struct Override: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "override", abstract: "Lets a blocked job pass the budget's gate; takes a manager, and says why.",
      discussion: "EXAMPLE\n  lora-train job override job-7 --justification 'signed off by finance'")
    @OptionGroup var deed: JustifiedDeed
    func run() async throws { try await JobCommand.act("override", deed.target, why: deed.justification) }
  }

  struct Note: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "note", abstract: "Notes something down about a job, with the time and who said it.",
      discussion: "EXAMPLE\n  lora-train job note job-7 'Loss plateaued at epoch 2.5'")
    @OptionGroup var target: JobTarget
    @Argument(help: "The note, in Markdown.") var text: String
    func run() async throws {
      let notes: [Catalogue.Note] = try await target.live.client.send(
        "POST", "/api/v1/jobs/\(target.path)/notes", NewNote(text: text))
      try target.live.answer(notes, "Noted.")
    }
  }

  struct Metrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "metrics", abstract: "What a job's worker measured, step by step.",
      discussion: "EXAMPLE\n  lora-train job metrics job-7 --csv > metrics.csv")
    @OptionGroup var target: JobTarget
    @Flag(help: "Comma-separated values.") var csv = false

    func run() async throws {
      let list = MetricList(
        metrics: try await target.live.client.all(
          "/api/v1/jobs/\(target.path)/metrics", \MetricList.metrics, \.next))
      try target.live.answer(list, csv ? CSVText.metrics(list.metrics) : MetricText.table(list.metrics))
    }
  }

  struct Answer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "answer", abstract: "Answers a job that needs a decision.",
      discussion: "EXAMPLE\n  lora-train job answer job-7 on-demand")
    @OptionGroup var target: JobTarget
    @Argument(help: "on-demand, keep-trying or fail.") var answer: String

    func validate() throws {
      guard ["on-demand", "keep-trying", "fail"].contains(answer) else {
        throw ValidationError("the answer is on-demand, keep-trying or fail, not '\(answer)'")
      }
    }
    func run() async throws { try await JobCommand.act("answer-\(answer)", target) }
  }
}

/// What people call a job. A server takes both; a file has the whole name.
enum JobName {
  /// `job-7` for `job-7`, and for 7.
  static func full(_ text: String) -> String { UInt32(text).map { "job-\($0)" } ?? text }
}

/// One job of one store.
struct JobTarget: ParsableArguments {
  @Argument(help: "The job: job-7, or 7.") var id: String
  @OptionGroup var live: LiveOptions

  /// As part of an address.
  var path: String { LiveClient.escaped(id) }
}

/// One job, and why a manager does something to it.
struct JustifiedDeed: ParsableArguments {
  @OptionGroup var target: JobTarget
  @Option(help: "Why: it goes to the audit log.") var justification: String?
}
