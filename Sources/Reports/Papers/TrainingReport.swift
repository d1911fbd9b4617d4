import Foundation

/// What one training job was, did and cost, for a client.
public struct TrainingReport: Sendable {
  /// A state of training that was saved.
  public struct Checkpoint: Sendable {
    public var step: Int
    public var at: Date?

    public init(step: Int, at: Date?) {
      self.step = step
      self.at = at
    }
  }

  /// What somebody noted about the job.
  public struct Note: Sendable {
    public var at: Date?
    public var person: String
    public var text: String

    public init(at: Date?, person: String, text: String) {
      self.at = at
      self.person = person
      self.text = text
    }
  }

  public var jobName: String
  public var jobID: String
  public var status: String
  public var client: String?
  public var project: String?
  public var started: Date?
  public var ended: Date?
  /// From the slot to the end, in seconds.
  public var duration: Double?
  /// Name, conversations, quality scores: what the store knows of it.
  public var trainingFile: [ReportFact] = []
  public var preset: String
  public var hardware: String
  public var steps: Int
  public var stepsPerEpoch: Double?
  public var trainingLoss: [ChartPoint] = []
  public var validationLoss: [ChartPoint] = []
  public var learningRate: [ChartPoint] = []
  /// The validation loss before any training, measured; `nil`: the first measurement stands in and is called that.
  public var baselineLoss: Double?
  public var perplexity: Double?
  /// 0…1.
  public var gpuUtilization: Double?
  public let costs: CostParts
  /// Of the costs: what interruptions led to.
  public var interruptionOverhead: Int64
  public var interruptions: Int
  /// Paid hours and US dollars an hour, one for each rate.
  public var leases: [(hours: Double, rate: Double, pricing: String)] = []
  /// What the same hours of work would have cost on demand, and where that rate is from.
  public var onDemandEquivalent: (nanodollars: Int64, source: String)?
  public var configuration: [ReportFact] = []
  public var checkpoints: [Checkpoint] = []
  /// Kind and how often.
  public var events: [(kind: String, count: Int)] = []
  public var interruptionSteps: [Double] = []
  public var notes: [Note] = []
  /// A link for everybody hides what the work cost unless it was made to show it.
  public var showsCosts = true
  /// Already judged: perplexity, emotional intelligence …, each with its badge.
  public var validation: [ReportFact] = []

  /// - Parameter interruptionOverhead: part of the costs, in nanodollars.
  /// - Throws: ``ReportsError`` where the overhead is more than all.
  public init(
    jobName: String, jobID: String, status: String, preset: String, hardware: String, steps: Int, costs: CostParts,
    interruptions: Int, interruptionOverhead: Int64
  ) throws {
    guard interruptionOverhead >= 0, interruptionOverhead <= max(0, costs.total) else {
      throw ReportsError(
        "interruptions cost \(ExactDollars.text(interruptionOverhead)) US dollars of \(ExactDollars.text(costs.total)) in all"
      )
    }
    self.jobName = jobName
    self.jobID = jobID
    self.status = status
    self.preset = preset
    self.hardware = hardware
    self.steps = steps
    self.costs = costs
    self.interruptions = interruptions
    self.interruptionOverhead = interruptionOverhead
  }

  public var finalTrainingLoss: Double? { trainingLoss.last { $0.y.isFinite }?.y }
  public var finalValidationLoss: Double? { validationLoss.last { $0.y.isFinite }?.y }

  /// The file that is offered: `{job_name}-training-report-{timestamp}.pdf`.
  public static func fileName(job: String, kind: String = "training-report", at made: Date) -> String {
    let safe = job.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
    let stamp = made.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    return "\(String(safe))-\(kind)-\(stamp).pdf"
  }

  public func document(branding: Branding, made: Date, zone: TimeZone = .gmt) -> ReportDocument {
    var facts = [ReportFact("Job", jobID)]
    if let client { facts.append(ReportFact("Client", client)) }
    if let project { facts.append(ReportFact("Project", project)) }
    if let day = (ended ?? started) {
      facts.append(ReportFact("Training date", DateTicks.day(day.timeIntervalSince1970, in: zone)))
    }
    return ReportDocument(
      title: "Training report", subtitle: jobName, facts: facts,
      blocks: summary(zone) + metrics + (showsCosts ? costBreakdown : []) + appendix(zone), branding: branding,
      made: made, zone: zone)
  }
}
