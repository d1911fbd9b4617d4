import Calibration
import DiscreteEvent
import Engine
import Journal
import Planning
import Simulator

/// A journal where other rules part with it, made ready to go on from.
struct JournalFork {
  let fork: Continuation.Fork
  /// Nanodollars an hour that the journal paid nearest to the fork, before it if ever; nil: it never had such a pod.
  let rates: (spot: Int64?, onDemand: Int64?)
  /// Jobs that came after the fork.
  let later: Int

  init(_ replay: JournalReplay, _ divergence: JournalReplay.Divergence, path: String) throws {
    // Up to the decision: what it was made on, and nothing that came of it.
    var moment = JournalMoment()
    try moment.advance(through: divergence.seq - 1, path: path)
    let history = try HistoryReader.read(path: path, asOf: divergence.at)
    let seen = FleetReplay(history, firstKind: 0)
    let ordinals = Dictionary(replay.descriptions.values.map { ($0.id, $0.ordinal) }) { first, _ in first }
    var resumptions: [UInt32: Experiment.Resumption] = [:]
    for (resumption, job) in zip(seen.resumptions, seen.jobs) {
      if let ordinal = ordinals[history.jobs[job].id] { resumptions[ordinal] = resumption }
    }
    fork = Continuation.Fork(
      at: divergence.at, fleet: moment.fleet, configurations: replay.descriptions.mapValues(\.simulated),
      resumptions: resumptions)
    let leases = try HistoryReader.read(path: path).leases
    func rate(_ pricing: Pricing) -> Int64? {
      let own = leases.filter { $0.pricing == pricing }.sorted { $0.granted < $1.granted }
      return (own.last { $0.granted <= divergence.at } ?? own.first)?.hourlyRate
    }
    rates = (rate(.spot), rate(.onDemand))
    later = replay.fleet.jobs.count - moment.fleet.jobs.count
  }
}
