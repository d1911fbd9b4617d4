import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// A plain queue as an experiment: the service is a stage that nothing interrupts, the servers are slots.
struct QueueOracle {
  static let unit = 3600.0
  var oracle: Oracle
  var arrivals: Arrivals
  var service: Law
  var servers: Int
  var maxQueued = Int32.max
  var utilization: Double
  /// Squared coefficient of variation of the service.
  var cv2: Double
  /// Unit of the record's keys, and their suffix.
  var scale = unit
  var suffix = ""

  init?(_ oracle: Oracle) throws {
    self.oracle = oracle
    let inputs = oracle.inputs
    guard inputs["abandon_rate"] == nil, inputs["arrivals_h"] == nil, inputs["mean_h"] == nil,
      inputs["remaining_h"] == nil
    else { return nil }
    let scale = Self.unit
    servers = Int(inputs["servers"]?.number ?? 1)
    service = try Self.service(oracle)
    cv2 = service.variance / (service.mean * service.mean)
    if let interval = inputs["interarrival"]?.number {
      arrivals = .every(seconds: interval * scale)
      utilization = service.mean / (interval * scale) / Double(servers)
    } else {
      let rate = try inputs["arrival_rate_per_h"]?.number ?? oracle.input("arrival_rate")
      arrivals = .poisson(perDay: rate * 86_400 / scale)
      utilization = rate * service.mean / scale / Double(servers)
    }
    if inputs["mean_service_h"] != nil { suffix = "_h" }
    if let capacity = inputs["capacity"]?.number { maxQueued = Int32(capacity) - Int32(servers) }
  }

  /// The service law of a record, in seconds.
  static func service(_ oracle: Oracle) throws -> Law {
    let inputs = oracle.inputs
    let s = unit
    if let p = inputs["p1"]?.number {
      return .mixture([
        .init(weight: p, law: .exponential(mean: s / (try oracle.input("mu1")))),
        .init(weight: 1 - p, law: .exponential(mean: s / (try oracle.input("mu2")))),
      ])
    }
    if let mean = inputs["mean_service_h"]?.number { return .exponential(mean: mean * s) }
    if let rate = inputs["service_rate"]?.number { return .exponential(mean: s / rate) }
    if let constant = inputs["service"]?.number { return .constant(constant * s) }
    let name = inputs["service"]?.text ?? ""
    let cv2 = inputs["service_cv2"]?.number ?? 0
    if name == "D" { return .constant(s) }
    if name == "M" { return .exponential(mean: s) }
    if name.hasPrefix("E2") || name.hasPrefix("Erlang-2") { return .erlang(k: 2, mean: s) }
    if name.hasPrefix("U") { return .uniform(low: 0.5 * s, high: 1.5 * s) }
    if name.hasPrefix("LN") {
      let sigma2 = log1pOf(cv2)
      return .lognormal(median: s * expOf(-sigma2 / 2), sigma: sigma2.squareRoot())
    }
    if name.hasPrefix("Weibull_k"), let k = Double(name.dropFirst(9)) {
      return .weibull(shape: k, scale: s / Law.weibull(shape: k, scale: 1).mean)
    }
    if name.hasPrefix("H2") {
      // Balanced means: p/μ₁ = (1 − p)/μ₂.
      let p = (1 + ((cv2 - 1) / (cv2 + 1)).squareRoot()) / 2
      return .mixture([
        .init(weight: p, law: .exponential(mean: s / (2 * p))),
        .init(weight: 1 - p, law: .exponential(mean: s / (2 * (1 - p)))),
      ])
    }
    throw Oracle.Missing(id: oracle.id, key: "service \(name)")
  }

  /// Jobs until the start from empty is forgotten: five relaxation times, `ρ/(1 − √ρ)²` jobs each.
  var warmUp: Int {
    guard utilization < 1, maxQueued == .max else { return 1000 }
    let gap = 1 - utilization.squareRoot()
    return max(500, Int(5 * utilization / (gap * gap) * (1 + cv2) / 2))
  }

  static let replications = 40
  /// Jobs that count in one replication.
  var counted: Int { max(3000, (Oracle.full ? 20 : 1) * warmUp) }

  func experiment(maxQueued: Int32? = nil) -> Experiment {
    var world = WorldParameters()
    world.preprocessing = service
    world.arrivals = arrivals
    var configuration = JobConfiguration(preset: .custom, pricing: .spot)
    configuration.statedSteps = 0
    world.mix = [JobKind(weight: 1, configuration: configuration)]
    var policies = Policies()
    policies.maxConcurrent = Int32(servers)
    policies.maxQueued = maxQueued ?? self.maxQueued
    var e = Experiment(
      worlds: [world], policies: policies, start: .zero, horizon: .jobs(warmUp + counted, warmUp: warmUp),
      seed: oracle.seed, replications: Self.replications)
    e.keepsJobs = true
    return e
  }

  /// Means of one replication, by the records' keys.
  func means(_ r: ReplicationResult) -> [String: Double] {
    let waits = r.jobs.filter { $0.admitted < .distantFuture }.map { $0.wait.seconds / scale }
    let turnarounds = r.jobs.filter { $0.admitted < .distantFuture }.map { $0.turnaround.seconds / scale }
    let n = Double(waits.count)
    var m: [String: Double] = [
      "Wq": waits.reduce(0, +) / n, "W": turnarounds.reduce(0, +) / n, "Wq_all": waits.reduce(0, +) / n,
      "P_wait": Double(waits.count { $0 > 0 }) / n, "Lq": r.meanQueue, "L": r.meanQueue + r.meanBusy,
      "util": r.meanBusy / Double(servers), "sd_Wq": waits.reduce(0) { $0 + $1 * $1 } / n,
      "var_W": turnarounds.reduce(0) { $0 + $1 * $1 } / n,
      "P_block": Double(r.refused) / Double(r.ended),
    ]
    for key in oracle.expected.keys {
      guard let q = oracle.expects(key), q > 0, key.contains("_p") else { continue }
      if key.hasPrefix("Wq_p") { m[key] = Double(waits.count { $0 <= q }) / n }
      if key.hasPrefix("W_p") { m[key] = Double(turnarounds.count { $0 <= q }) / n }
    }
    return m
  }

  /// What the mean over replications of ``means(_:)`` should be; nil where it is not tested by simulation.
  func expectation(_ key: String) -> Double? {
    guard let x = oracle.expects(key) else { return nil }
    if key.contains("_p"), key.hasPrefix("W") {
      guard let p = Double(key.drop { $0 != "p" }.dropFirst().prefix { $0.isNumber }).map({ $0 / 100 }) else {
        return nil
      }
      // A tail that is met in fewer than ten spells of congestion has no normal law yet: in full size it has.
      let spells = (1 - p) * Double(counted * Self.replications) / Double(warmUp / 5)
      // An atom at zero: tested as P_wait.
      return x > 0 && spells > 10 ? p : nil
    }
    switch key {
    // A heavy tail's second moment is no mean of thirty that a normal law describes.
    case "sd_Wq": return cv2 <= 1 ? oracle.expects("Wq").map { x * x + $0 * $0 } : nil
    case "var_W": return oracle.expects("W").map { x + $0 * $0 }
    case "P_block" where maxQueued == .max, "P_wait" where oracle.inputs["capacity"] != nil: return nil
    default: return x
    }
  }
}
