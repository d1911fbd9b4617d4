import Calibration
import DiscreteEvent
import Engine

/// What a plan is calibrated from: possible truths, and where they come from.
public struct ModelSource: Sendable {
  /// Draws of the world with all parameter uncertainty; one and the same world where nothing is uncertain.
  public var worlds: [WorldParameters]
  /// Past jobs behind it; 0: the shipped priors.
  public var jobs: Int
  /// What a person reads as the source.
  public var name: String
  public var warnings: [String]
  public init(worlds: [WorldParameters], jobs: Int, name: String, warnings: [String] = []) {
    self.worlds = worlds
    self.jobs = jobs
    self.name = name
    self.warnings = warnings
  }

  /// Its worlds as they are for jobs that are there already: nothing else arrives.
  var worldsWithoutArrivals: [WorldParameters] {
    worlds.map { world in
      var world = world
      world.arrivals = .none
      world.mix = []
      return world
    }
  }

  /// How many possible truths are drawn: enough that their own sampling error does not show, few enough to compile.
  public static let draws = 256
}
