import Foundation

/// What spot has saved against on demand in a period, with its interruptions counted.
public struct CostReport: Sendable {
  /// A job that ran on spot, wholly or in part.
  public struct Job: Sendable {
    public var name: String
    /// What it is called by programs; empty where nobody asks.
    public var id: String
    /// As billed, the interruptions' overhead included; nanodollars.
    public var spot: Int64
    /// What the same work would have cost on demand, without interruptions.
    public var onDemand: Int64
    public var interruptions: Int
    /// Of `spot`: what was lost and done again.
    public var overhead: Int64

    public init(
      name: String, id: String = "", spot: Int64, onDemand: Int64, interruptions: Int, overhead: Int64
    ) {
      self.name = name
      self.id = id
      self.spot = spot
      self.onDemand = onDemand
      self.interruptions = interruptions
      self.overhead = overhead
    }
  }

  public let jobs: [Job]
  /// All jobs of the period, those on demand too.
  public let allJobs: Int
  public let from: Date
  public let until: Date
  /// Where the on-demand rate comes from.
  public var rateSource: String

  public var spot: Int64 { jobs.reduce(0) { $0 + $1.spot } }
  public var onDemand: Int64 { jobs.reduce(0) { $0 + $1.onDemand } }
  public var overhead: Int64 { jobs.reduce(0) { $0 + $1.overhead } }
  public var interruptions: Int { jobs.reduce(0) { $0 + $1.interruptions } }
  /// Had there been no interruption.
  public var grossSavings: Int64 { onDemand - (spot - overhead) }
  /// What is really saved: the overhead is in the bill.
  public var netSavings: Int64 { onDemand - spot }
  /// If usage stays as it is.
  public var annualSavings: Int64 {
    let days = until.timeIntervalSince(from) / 86400
    guard days > 0 else { return 0 }
    // A year of what one second saved may be more than there is.
    return Int64(max(-9e18, min(9e18, (Double(netSavings) * 365 / days).rounded())))
  }

  /// - Throws: ``ReportsError`` for amounts that cannot be: an overhead beyond its job's cost, a period that ends before it begins.
  public init(jobs: [Job], allJobs: Int, from: Date, until: Date, rateSource: String) throws {
    guard from < until else { throw ReportsError("the period ends before it begins") }
    guard allJobs >= jobs.count else { throw ReportsError("\(jobs.count) jobs on spot, of \(allJobs) in all") }
    for job in jobs {
      guard job.spot >= 0, job.onDemand >= 0, job.interruptions >= 0, job.overhead >= 0, job.overhead <= job.spot,
        max(job.spot, job.onDemand) < 1 << 55
      else { throw ReportsError("the costs of “\(job.name)” cannot be: \(job)") }
    }
    self.jobs = jobs
    self.allJobs = allJobs
    self.from = from
    self.until = until
    self.rateSource = rateSource
  }

  public func document(branding: Branding, made: Date, zone: TimeZone = .gmt) -> ReportDocument {
    let period = [from, until.addingTimeInterval(-1)].map { DateTicks.day($0.timeIntervalSince1970, in: zone) }
    return ReportDocument(
      title: "Cost optimization report", subtitle: period.joined(separator: " to "),
      facts: [ReportFact("Jobs on spot", "\(jobs.count) of \(allJobs)")],
      blocks: savings + comparison + impact + returns, branding: branding, made: made, zone: zone)
  }

  private var savings: [ReportBlock] {
    var blocks: [ReportBlock] = [.heading("Spot instance savings", level: 1)]
    guard !jobs.isEmpty else {
      return blocks + [.callout("No job of this period ran on spot instances.", tone: .muted)]
    }
    blocks.append(.facts(savingsFacts))
    let top = jobs.sorted { $0.onDemand - $0.spot > $1.onDemand - $1.spot }.prefix(12)
    blocks.append(
      .chart(
        Chart(
          id: "savings", title: "Cost of each job on spot, and what on demand would have added",
          x: ChartAxis("", unit: .categories(top.map(\.name))), left: ChartAxis("US dollars", unit: .dollars),
          layers: [
            .bars(
              ChartBars([
                .init("spot", values: top.map { Double($0.spot) / 1e9 }, tone: .series(0)),
                .init("saved", values: top.map { max(0, Double($0.onDemand - $0.spot) / 1e9) }, tone: .series(1)),
              ]))
          ], size: ChartSize(width: 720, height: 280))))
    blocks.append(.paragraph("On-demand rate: \(rateSource)."))
    return blocks
  }

  /// What was paid, what on demand would have cost, and the difference. With ``impactFacts``, ``returnFacts``, ``advice`` and ``printedJobs``:
  /// as they stand in the paper, for whoever shows them elsewhere.
  public var savingsFacts: [ReportFact] {
    [
      ReportFact("Total spot cost", Money.text(spot)), ReportFact("Equivalent on-demand cost", Money.text(onDemand)),
      ReportFact("Total savings", "\(Money.text(netSavings)) (\(cheaper(spot, than: onDemand)))"),
    ]
  }

  private func cheaper(_ cost: Int64, than other: Int64) -> String {
    guard other > 0 else { return "nothing to compare with" }
    let share = 1 - Double(cost) / Double(other)
    return "\(ChartUnit.fraction.text(abs(share))) \(share >= 0 ? "cheaper" : "dearer")"
  }

  private var comparison: [ReportBlock] {
    guard !jobs.isEmpty else { return [] }
    let columns: [ReportTable.Column] = [
      .init("Job"), .init("Spot cost", isNumber: true), .init("On-demand cost", isNumber: true),
      .init("Savings", isNumber: true), .init("Interruptions", isNumber: true),
    ]
    var table = ReportTable(columns, hasTotal: true)
    for (job, line) in zip(jobs, printedJobs) {
      table.add([
        .init(job.name), .init(line.spot), .init(line.onDemand),
        .init(line.saved, tone: job.onDemand < job.spot ? .alert : nil), .init("\(job.interruptions)"),
      ])
    }
    let saved = Money.cents(onDemand) - Money.cents(spot)
    table.add([
      "Total", .init(Money.text(spot)), .init(Money.text(onDemand)), .init(Money.text(cents: saved)),
      .init("\(interruptions)"),
    ])
    return [.heading("Per-job comparison", level: 2), .table(table)]
  }

  /// The amounts of ``jobs``, in their order.
  public var printedJobs: [(spot: String, onDemand: String, saved: String)] { printedJobs(at: jobs.indices) }

  /// The amounts of some of ``jobs``, by their places. Each printed column adds up, and each row does: savings are the difference of what is printed.
  public func printedJobs(at places: some Collection<Int>) -> [(spot: String, onDemand: String, saved: String)] {
    let (spot, other) = (printed(jobs.map(\.spot)), printed(jobs.map(\.onDemand)))
    return places.map {
      (Money.text(cents: spot[$0]), Money.text(cents: other[$0]), Money.text(cents: other[$0] - spot[$0]))
    }
  }

  private func printed(_ amounts: [Int64]) -> [Int64] {
    (try? CostParts(amounts.map { .init("", nanodollars: $0) }, total: amounts.reduce(0, +)))?.cents
      ?? amounts.map(Money.cents)
  }

  private var impact: [ReportBlock] {
    guard !jobs.isEmpty else { return [] }
    return [
      .heading("Interruption impact", level: 2), .facts(impactFacts),
      .paragraph(
        "The overhead is part of the spot bill: it is counted once. Savings before interruptions less the overhead are the net savings."
      ),
    ]
  }

  /// What interruptions were, what they cost, and the savings without and with that.
  public var impactFacts: [ReportFact] {
    guard !jobs.isEmpty else { return [] }
    let average = ChartUnit.grouped(Double(interruptions) / Double(jobs.count), decimals: 1)
    let parts =
      (try? CostParts(
        [.init("", nanodollars: netSavings), .init("", nanodollars: overhead)], total: grossSavings))?.cents
    let net = parts?.first ?? Money.cents(netSavings)
    let lost = parts?.last ?? Money.cents(overhead)
    return [
      ReportFact("Total spot interruptions", "\(interruptions) (across \(jobs.count) jobs)"),
      ReportFact("Average interruptions per job", average),
      ReportFact("Savings before interruptions", Money.text(grossSavings)),
      ReportFact("Interruption cost overhead", "\(Money.text(cents: lost)) (work done again, recovery, idle time)"),
      ReportFact("Net savings after overhead", Money.text(cents: net)),
    ]
  }

  /// What is saved in the period, and in a year of such.
  public var returnFacts: [ReportFact] {
    [
      ReportFact("Savings in this period", Money.text(netSavings)),
      ReportFact("Annualized", "\(Money.text(annualSavings)) (if usage remains constant)"),
    ]
  }

  private var returns: [ReportBlock] {
    guard !jobs.isEmpty else { return [] }
    return [
      .heading("Return on spot", level: 2), .facts(returnFacts), .heading("Recommendation", level: 2), .list(advice),
    ]
  }

  /// What to do about it, in sentences.
  public var advice: [String] {
    guard !jobs.isEmpty else { return [] }
    var advice: [String] = []
    if netSavings > 0 {
      advice = ["Continue using spot instances for 90 %+ of jobs.", "Reserve on-demand for urgent client deliveries."]
      advice.append(
        "The current strategy saves \(ChartUnit.dollars(Double(annualSavings) / 1e9, decimals: 0)) a year, if usage remains constant."
      )
    } else {
      advice = [
        "On demand would have been no dearer: spot's interruptions ate what its rate saves. Prefer on-demand until rates change."
      ]
    }
    let worse = jobs.filter { $0.onDemand < $0.spot }
    if netSavings > 0, !worse.isEmpty {
      let names = worse.prefix(5).map(\.name).joined(separator: ", ")
      advice.append("\(worse.count) of \(jobs.count) jobs cost more on spot than on demand would have: \(names).")
    }
    return advice
  }
}
