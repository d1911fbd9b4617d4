import Engine
import Planning

/// How the world would have gone on, as people and as programs read it.
enum ContinuationText {
  static func text(_ answer: Continuation, policy: String, later: Int, source: ModelSource) -> String {
    var table = Table(header: [
      "from there on", "mean cost", "8 in 10 between", "mean time", "8 in 10 between", "completed",
    ])
    func row(_ name: String, _ outcome: Continuation.Outcome) -> [String] {
      let (cost, time) = (outcome.cost, outcome.duration)
      return [
        name, Words.dollars(cost.mean), "\(Words.dollars(cost.quantile(0.1))) – \(Words.dollars(cost.quantile(0.9)))",
        Words.duration(time.mean), "\(Words.duration(time.quantile(0.1))) – \(Words.duration(time.quantile(0.9)))",
        "\(JSON.digits((outcome.completed * 100).rounded() / 100)) of \(answer.jobs)",
      ]
    }
    table.rows = [row("the journal's rules", answer.own), row(policy, answer.other)]
    let jobs =
      answer.jobs == 1 ? "the job that was there goes on" : "the \(Words.group(answer.jobs)) jobs that were there go on"
    var lines = [
      "Simulated on from there, \(Words.group(answer.replications)) futures under the same luck; \(jobs):", table.text,
      difference(answer, policy),
      "Spot at \(Words.dollars(rates(source).spot)) an hour, on demand at \(Words.dollars(rates(source).onDemand)); laws: \(source.name).",
    ]
    if later > 0 {
      lines.append(
        "\(Words.group(later)) \(later == 1 ? "job that came later is" : "jobs that came later are") in neither.")
    }
    return (lines + source.warnings.map { "Warning: \($0)" }).joined(separator: "\n")
  }

  /// US dollars an hour.
  private static func rates(_ source: ModelSource) -> (spot: Double, onDemand: Double) {
    (source.worlds.first?.hourlyRate[.spot] ?? 0, source.worlds.first?.hourlyRate[.onDemand] ?? 0)
  }

  private static func difference(_ answer: Continuation, _ policy: String) -> String {
    let (cost, time) = (answer.costsMore, answer.takesLonger)
    let dollars =
      abs(cost.mean) <= cost.halfWidth || cost.mean == 0
      ? "no difference in cost that shows (\(Words.dollars(cost.mean)) ± \(Words.dollars(cost.halfWidth)))"
      : "\(Words.dollars(abs(cost.mean))) ± \(Words.dollars(cost.halfWidth)) \(cost.mean > 0 ? "more" : "less")"
    let seconds =
      abs(time.mean) <= time.halfWidth || time.mean == 0
      ? "no difference in time that shows"
      : "done \(Words.duration(abs(time.mean))) ± \(Words.duration(time.halfWidth)) \(time.mean > 0 ? "later" : "earlier")"
    return "\(policy): \(dollars), \(seconds)."
  }

  static func document(_ answer: Continuation, later: Int, source: ModelSource) -> JSON {
    func outcome(_ outcome: Continuation.Outcome) -> JSON {
      func sample(_ sample: SampleSummary) -> JSON {
        .object(sample.percentiles([5, 10, 25, 50, 75, 90, 95]).map { ($0.0, .number($0.1)) })
      }
      return .object([
        ("cost_usd", sample(outcome.cost)), ("duration_s", sample(outcome.duration)),
        ("completed", .number(outcome.completed)), ("digest", .string(outcome.digest.description)),
      ])
    }
    func difference(_ difference: Continuation.Difference) -> JSON {
      .object([("mean", .number(difference.mean)), ("half_width_95", .number(difference.halfWidth))])
    }
    return .object([
      ("jobs", .integer(answer.jobs)), ("jobs_left_out", .integer(later)),
      ("replications", .integer(answer.replications)), ("journal", outcome(answer.own)),
      ("policy", outcome(answer.other)), ("costs_more_usd", difference(answer.costsMore)),
      ("takes_longer_s", difference(answer.takesLonger)),
      (
        "hourly_rate_usd",
        .object([("spot", .number(rates(source).spot)), ("on_demand", .number(rates(source).onDemand))])
      ), ("source", .string(source.name)),
      ("warnings", .array(source.warnings.map { .string($0) })),
    ])
  }
}
