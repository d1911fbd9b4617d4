import Calibration
import DiscreteEvent
import Engine
import Journal
import Live

/// What the team of the ``SampleMonth`` does, day by day.
struct SampleTeam {
  /// Nanodollars an hour; nil: no spot pods are sold.
  let rates: (spot: Int64?, onDemand: Int64)
  private var acts: [SampleAct] = []
  private var submitted = 0

  private static let clients = [
    ("Harbor Bank", "advice"), ("Lumen Health", "triage"), ("Alder Insurance", "claims"), ("Harbor Bank", "onboarding"),
  ]
  /// Nanodollars.
  static let limit: Int64 = 500_000_000_000
  static let credit: Int64 = 10_000_000_000_000
  static let raisedLimit: Int64 = 800_000_000_000

  private init(rates: (spot: Int64?, onDemand: Int64)) { self.rates = rates }

  /// All that it does, in no order.
  ///
  /// - Parameter limit: what is set in the end, in nanodollars; nil: nothing is.
  static func acts(rates: (spot: Int64?, onDemand: Int64), limit: Int64?) -> [SampleAct] {
    var team = SampleTeam(rates: rates)
    team.ordinaryWeeks()
    team.whatGoesWrong()
    team.lastDays()
    if let limit { team.team(30, "dana", .manager, "budget.set", .setLimit(limit)) }
    return team.acts
  }

  // MARK: The month

  private mutating func ordinaryWeeks() {
    let presets: [Preset] = [.balanced, .conservative, .balanced, .aggressive]
    for i in 0..<16 {
      submit(
        day: Double(i) * 1.6 + 0.35, by: i % 3 == 0 ? "ben" : "ada", presets[i % 4], i % 5 == 4 ? .onDemand : .spot,
        pairs: 380 + 90 * (i * 7 % 9))
    }
    team(
      2, "ada", .engineer, "approval.request",
      .requestLimit(
        SampleTeam.raisedLimit, justification: "Two clients want their models before the end of the month",
        within: .days(7)))
    team(3, "dana", .manager, "approval.approve", .decide(approval: 1, approved: true, remark: "for this quarter"))
  }

  private mutating func whatGoesWrong() {
    // Too much for the GPU; then with half the batch.
    let failed = submit(day: 4, by: "ben", .aggressive, .spot, pairs: 900, fate: .fails(.outOfMemory, atStep: 12)) {
      ($0.batchSize, $0.gradientAccumulation) = (4, 1)
    }
    submit(day: 4.3, by: "ben", .aggressive, .spot, pairs: 900, retryOf: failed, fix: "batch_size") {
      ($0.batchSize, $0.gradientAccumulation) = (2, 2)
    }
    submit(day: 6, by: "ada", .balanced, .spot, pairs: 700, fate: .fails(.datasetFormat, atStep: 0))
    submit(day: 12, by: "ada", .balanced, .onDemand, pairs: 800, cap: 9_000_000_000)
    submit(day: 15, by: "ben", .conservative, .spot, pairs: 900, fate: .fails(.workerCrash, atStep: 230))
    let cancelled = submit(day: 9, by: "ada", .balanced, .spot, pairs: 1_500)
    deed(9.2, "ada", .engineer, "job.cancel", cancelled) { .cancel($0) }
    // No pod for an hour, and then a person says what now.
    let given = submit(day: 17, by: "ben", .balanced, .spot, pairs: 600, fate: .noCapacity)
    deed(17.1, "ben", .engineer, "job.answer-fail", given) { .answer($0, .fail) }
    let switched = submit(day: 19, by: "ada", .conservative, .spot, pairs: 900, fate: .noSpot)
    deed(19.1, "ada", .engineer, "job.answer-on-demand", switched) { .answer($0, .onDemand) }
  }

  /// What has no end yet when the month has.
  private mutating func lastDays() {
    let paused = submit(day: 27, by: "ada", .balanced, .onDemand, pairs: 1_400)
    deed(27.2, "ada", .engineer, "job.pause", paused) { .pause($0) }
    submit(day: 28.5, by: "ben", .aggressive, .onDemand, pairs: 60_000)
    team(
      29, "ben", .engineer, "approval.request",
      .requestLimit(
        1_200_000_000_000, justification: "The large model for Harbor Bank does not fit into this month",
        within: .days(7)))
    submit(day: 29.7, by: "ada", .balanced, .spot, pairs: 2_000)
    submit(day: 29.85, by: "ben", .balanced, .spot, pairs: 900, fate: .noCapacity)
    submit(day: 29.98, by: "ada", .conservative, .spot, pairs: 1_600, fate: .noCapacity)
    submit(day: 29.985, by: "ben", .balanced, .spot, pairs: 800)
    submit(day: 29.988, by: "ben", .aggressive, .onDemand, pairs: 1_200, isDraft: true)
    let urgent = submit(day: 29.99, by: "ada", .balanced, .spot, pairs: 500)
    deed(29.995, "dana", .manager, "job.promote", urgent, why: "The client's demonstration is tomorrow") {
      .promote($0)
    }
  }

  // MARK: One act

  @discardableResult
  private mutating func submit(
    day: Double, by person: String, _ preset: Preset, _ pricing: Pricing, pairs: Int, cap: Int64? = nil,
    fate: SampleAct.Fate = .none, retryOf: Int? = nil, fix: String? = nil, isDraft: Bool = false,
    _ change: (inout JobConfiguration) -> Void = { _ in }
  ) -> Int {
    let pricing = rates.spot == nil ? .onDemand : pricing
    var configuration = JobConfiguration(preset: preset, pricing: pricing, trainingPairs: pairs, tokensPerPair: 3_400)
    change(&configuration)
    let (client, project) = SampleTeam.clients[submitted % SampleTeam.clients.count]
    submitted += 1
    let seconds = SampleWorker.length(of: configuration)
    let hourly = Double(pricing == .spot ? rates.spot ?? 0 : rates.onDemand)
    func cost(_ factor: Double) -> Int64 { Int64((seconds / 3_600 * hourly * factor).rounded()) }
    var job = JobDescription(
      ordinal: 0, id: "", name: "\(client) \(project), \(preset.rawValue)", configuration: configuration,
      conversations: pairs / 4)
    (job.creator, job.client, job.project) = (person, client, project)
    job.purpose = "Part of the simulated month that a sandbox begins with."
    (job.tags, job.fix) = ([SampleMonth.tag, project], fix)
    job.quote = .init(
      cost: (cost(0.95), cost(1.05), cost(1.4)), seconds: (seconds * 0.95, seconds * 1.05, seconds * 1.4))
    var spec = JobSpec(ordinal: 0, pricing: pricing, steps: Int32(configuration.steps), reservation: cost(1.3))
    if let cap { (spec.maxCost, spec.reservation) = (cap, min(cap, spec.reservation)) }
    add(
      day, PersonAct(person: person, role: "engineer", action: isDraft ? "job.draft" : "job.create"),
      .submit(key: submitted, spec, job, fate, retryOf: retryOf, isDraft: isDraft))
    return submitted
  }

  private mutating func deed(
    _ day: Double, _ person: String, _ role: Catalogue.Role, _ action: String, _ key: Int, why: String? = nil,
    _ request: @escaping @Sendable (JobIndex) -> UserRequest
  ) {
    add(
      day, PersonAct(person: person, role: role.rawValue, action: action, justification: why),
      .job(key, request))
  }

  private mutating func team(
    _ day: Double, _ person: String, _ role: Catalogue.Role, _ action: String, _ request: UserRequest
  ) {
    add(day, PersonAct(person: person, role: role.rawValue, action: action), .team(request))
  }

  private mutating func add(_ day: Double, _ act: PersonAct, _ what: SampleAct.What) {
    acts.append(SampleAct(at: Span(seconds: day * 86_400), act: act, what: what))
  }
}
