import Calibration
import DiscreteEvent
import Simulator

/// Which uncertain inputs carry how much of the variance of a month's spending.
public struct Sensitivity: Sendable {
  /// What is uncertain: a part of the model's parameters, or the luck of one future under given parameters.
  public enum Input: String, CaseIterable, Sendable {
    /// US dollars an hour.
    case rate
    case stepTime = "step_time"
    /// Interruptions, crashes, cancellations and runs out of memory.
    case hazard
    /// How many jobs come, and of which kinds.
    case arrivals
    /// The other stages, and how long a pod is waited for.
    case stages
    /// Everything that would still differ if all parameters were known.
    case luck

    /// `a` with this part of its parameters from `b`.
    func taken(from b: WorldParameters, into a: WorldParameters) -> WorldParameters {
      var world = a
      switch self {
      case .rate: world.hourlyRate = b.hourlyRate
      case .stepTime: world.step = b.step
      case .hazard:
        world.interruptions = b.interruptions
        world.crashesPerHour = b.crashesPerHour
        world.cancellationsPerHour = b.cancellationsPerHour
        world.outOfMemory = b.outOfMemory
        world.crashRisks = b.crashRisks
        world.memoryRisks = b.memoryRisks
      case .arrivals:
        world.arrivals = b.arrivals
        world.mix = b.mix
      case .stages:
        world.provisioning = b.provisioning
        world.availability = b.availability
        world.boot = b.boot
        world.preprocessing = b.preprocessing
        world.modelLoading = b.modelLoading
        world.restore = b.restore
        world.finalization = b.finalization
        world.suitePass = b.suitePass
        world.checkpoint = b.checkpoint
        world.checkpointUpload = b.checkpointUpload
        world.detection = b.detection
      case .luck: break
      }
      return world
    }
  }

  public var inputs: [Input]
  /// The shares of each input, in the order of ``inputs``.
  public var indices: SobolIndices
  /// The inputs that the model does not hold for uncertain.
  public var fixed: Set<Input>
  /// Futures behind each of the samples; there are two more samples than inputs.
  public var samples: Int

  /// How many futures a sample has unless told otherwise.
  public static let defaultSamples = 2_048

  /// - Parameters:
  ///   - a: possible truths, and `b`: as many others, drawn independently. The month asked for is `request.measured`.
  public static func run(
    _ request: Forecast.Request, history: History, a: [WorldParameters], b: [WorldParameters], calendar: CalendarMonths
  ) async throws -> Sensitivity {
    let n = min(a.count, b.count)
    let workshop = ForecastWorkshop(
      request, history: history, source: ModelSource(worlds: a, jobs: 0, name: ""), calendar: calendar)
    // Luck A is that of the first n replications, luck B that of the next n.
    func values(_ worlds: [WorldParameters], luck: Int) async throws -> [Double] {
      var experiment = workshop.experiment
      experiment.worlds = worlds
      experiment.replications = n
      experiment.firstReplication = luck * n
      experiment.keepsJobs = false
      return try await workshop.totals(of: experiment)
    }
    let inputs = Input.allCases
    let atA = try await values(a, luck: 0)
    let atB = try await values(b, luck: 1)
    var mixed: [[Double]] = []
    var fixed: Set<Input> = []
    for input in inputs {
      let worlds = zip(a, b).map { input.taken(from: $1, into: $0) }
      let differs = input == .luck || worlds != Array(a.prefix(n))
      if !differs { fixed.insert(input) }
      mixed.append(differs ? try await values(worlds, luck: input == .luck ? 1 : 0) : atA)
    }
    return Sensitivity(
      inputs: inputs, indices: SobolIndices(a: atA, b: atB, mixed: mixed), fixed: fixed, samples: n)
  }
}
