import DiscreteEvent
import Engine
import Journal
import Simulator

/// A replayed journal as people and as programs read it.
enum ReplayText {
  static func text(_ replay: JournalReplay, journal: String, policy: String?) -> String {
    let rows = "\(Words.group(replay.rows)) rows, \(Words.stamp(replay.from)) to \(Words.stamp(replay.until))"
    var lines = [
      "\(journal): \(replay.opening.store) (\(replay.opening.origin.rawValue))",
      rows + ": the chain holds, " + states(replay),
      "",
    ]
    var jobs = Table(header: ["jobs", ""])
    for (phase, count) in counts(replay.fleet) { jobs.rows.append([phase, Words.group(count)]) }
    var money = Table(header: ["account", "US dollars"])
    for account in Account.allCases where replay.fleet.ledger.accounts[account] != 0 {
      money.rows.append([
        account.key.replacingOccurrences(of: "_", with: " "), dollars(replay.fleet.ledger.accounts[account]),
      ])
    }
    money.rows.append(["together", dollars(replay.fleet.ledger.payable)])
    lines += [jobs.text, "", money.text]
    if let policy { lines += ["", comparison(replay, policy)] }
    lines += ["", "digest \(hex(replay.chain)), state \(hex(replay.fleet.stateDigest))"]
    return lines.joined(separator: "\n")
  }

  static func document(_ replay: JournalReplay, journal: String, policy: String?) -> JSON {
    .object(fields(replay, journal: journal, policy: policy))
  }

  static func fields(_ replay: JournalReplay, journal: String, policy: String?) -> [(String, JSON)] {
    let divergence = replay.divergence.map { divergence in
      JSON.object([
        ("seq", .integer(Int(divergence.seq))), ("at", .string(Words.stamp(divergence.at))),
        ("job", divergence.job == .none ? .null : .integer(number(divergence.job, replay.fleet))),
        ("journal", divergence.journal.map { .string("\($0.kind)") } ?? .null),
        ("policy", divergence.policy.map { .string("\($0.kind)") } ?? .null),
      ])
    }
    return [
      ("journal", .string(journal)), ("store", .string(replay.opening.store)),
      ("origin", .string(replay.opening.origin.rawValue)), ("rows", .integer(replay.rows)),
      ("from", .string(Words.stamp(replay.from))), ("until", .string(Words.stamp(replay.until))),
      ("jobs", .object(counts(replay.fleet).map { ($0.0, .integer($0.1)) })),
      ("spent_usd", .number(Double(replay.fleet.ledger.payable) / 1e9)),
      (
        "accounts_usd",
        .object(Account.allCases.map { ($0.key, .number(Double(replay.fleet.ledger.accounts[$0]) / 1e9)) })
      ),
      ("states_checked", .integer(replay.statesChecked)), ("states_skipped", .integer(replay.statesSkipped)),
      ("policy", policy.map { .string($0) } ?? .null), ("divergence", divergence ?? .null),
      ("digest", .string(hex(replay.chain))), ("state_digest", .string(hex(replay.fleet.stateDigest))),
    ]
  }

  private static func states(_ replay: JournalReplay) -> String {
    let noun = { (n: Int) in "\(Words.group(n)) state \(n == 1 ? "digest" : "digests")" }
    if replay.statesChecked == 0, replay.statesSkipped > 0 {
      return "\(noun(replay.statesSkipped)) of another version of the engine not compared"
    }
    return "so \(replay.statesChecked == 1 ? "does" : "do") \(noun(replay.statesChecked))"
  }

  private static func comparison(_ replay: JournalReplay, _ policy: String) -> String {
    guard let divergence = replay.divergence else { return "Under \(policy) every decision would have been the same." }
    let what = { (event: Event?) in event.map { "\($0.kind)" } ?? "nothing" }
    let job = divergence.job == .none ? "" : ", job \(number(divergence.job, replay.fleet))"
    return "Under \(policy) the first decision to differ is at row \(Words.group(Int(divergence.seq))) "
      + "(\(Words.stamp(divergence.at))\(job)): \(what(divergence.policy)) in place of \(what(divergence.journal))."
  }

  /// The job's number, as a trace and a table of jobs have it.
  private static func number(_ job: JobIndex, _ fleet: Fleet) -> Int {
    let index = Int(job.rawValue)
    return index < fleet.jobs.count ? Int(JobOutcome.number(fleet[job].spec.ordinal)) : index
  }

  /// How many jobs stand in each phase, in the order of a job's life. A job that was refused and never overridden is called so.
  private static func counts(_ fleet: Fleet) -> [(String, Int)] {
    let isRefused = { (job: Job) in job.phase == .cancelled && job.refusal != .none }
    var counts = Phase.allCases.map { phase in
      ("\(phase)", fleet.jobs.count { $0.phase == phase && !isRefused($0) })
    }
    counts.append(("refused", fleet.jobs.count(where: isRefused)))
    return counts.filter { $0.1 > 0 }
  }

  private static func dollars(_ nanodollars: Int64) -> String { Words.dollars(Double(nanodollars) / 1e9) }

  private static func hex(_ digest: Digest) -> String {
    let text = String(digest.value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
