import ArgumentParser
import Web

/// Has the model of a job that is over answer suites: by a job of its own, which trains nothing.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Rents a pod that answers suites with the adapters of a completed job; shows what that costs, and asks.",
    discussion: """
      It is a job like any other (job list, show, cancel, wait), and what it answers is the completed job's validation. Ends with 1 where the budget
      does not hold it.

      EXAMPLE
        lora-train evaluate run job-1 --suite financial-knowledge --suite elena-morales-voice --max-cost 5
        lora-train evaluate status job-1
      """)
  @Argument(help: "The job, which has completed: job-7, or 7.", transform: JobName.full) var job: String
  @Option(name: .customLong("suite"), help: "A suite (lora-train evaluate suites, upload); may be given several times.")
  var suites: [String]
  @Option(help: "spot or on_demand; without it as the job was.") var pricing: String?
  @Option(help: "What the examination is called; Examination of the job's name without it.") var name: String?
  @Option(help: ArgumentHelp("Stop it at this cost (what is answered is kept).", valueName: "usd")) var maxCost: Double?
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var live: LiveOptions

  func validate() throws {
    if suites.isEmpty { throw ValidationError("give at least one --suite: lora-train evaluate suites") }
    if let maxCost, !(maxCost > 0 && maxCost < 1e9) {
      throw ValidationError("--max-cost must be above 0 and below 1,000,000,000")
    }
  }

  func run() async throws {
    let client = try live.client
    let original: JobDocument = try await client.get("/api/v1/jobs/\(LiveClient.escaped(job))")
    var new = NewJob(name: name ?? NewJob.examinationName(original.name), configuration: original.configuration)
    new.configuration.statedSteps = 1
    if let pricing { new.configuration.pricing = try PricingArgument.pricing(pricing) }
    (new.examines, new.suites, new.max_cost_usd) = (original.id, suites, maxCost)
    try await JobCreate.submit(new, client, yes: yes, live)
  }
}
