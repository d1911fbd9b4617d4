import Calibration
import DiscreteEvent
import Engine
import Foundation
import Live
import Planning
import Synchronization
import Web

/// What the estimates and forecasts of a served store stand on: what was named, or the shipped priors; and, where its jobs are real, what
/// they have shown since: they are calibrated from anew, off everybody's way, as jobs end.
final class LiveKnowledge: Sendable {
  /// Fitted together.
  struct Learned: Sendable {
    var quoter: Quoter
    var forecaster: LiveForecaster
  }

  /// The store whose jobs are learned from; nil: it stays with what it began with.
  private let own: String?
  private let held: Mutex<Learned>
  /// How many jobs had ended when it last learned.
  private let known = Mutex(0)

  /// - Parameter own: the store, where its jobs are real and no other history was named.
  init(_ first: Learned, own: String?) {
    held = Mutex(first)
    self.own = own
  }

  var quoter: Quoter { held.withLock { $0.quoter } }
  var forecaster: LiveForecaster { held.withLock { $0.forecaster } }

  /// A long history takes seconds to read and to fit.
  private let side = SideQueue("learning")

  /// How often it is looked whether jobs have ended, in the machine's time.
  private static let pause = Duration.seconds(600)

  /// Learns for as long as the server runs, from what was there before it on.
  func goOn(_ runner: LiveRunner, tell: @Sendable (String) -> Void) async {
    guard own != nil else { return }
    while !Task.isCancelled {
      let fleet = await runner.view.fleet
      do {
        try await learn(ended: (0..<fleet.jobs.count).count { fleet[JobIndex($0)].phase.isTerminal })
      } catch {
        tell("estimates stay as they were: \(error)")
      }
      try? await Task.sleep(for: LiveKnowledge.pause)
    }
  }

  /// Calibrates anew where jobs have ended since it last did. Reading and fitting have a thread of their own, what is then tried takes one of all: others
  /// are being answered.
  func learn(ended: Int) async throws {
    guard let own, ended > known.withLock({ $0 }) else { return }
    let (was, threads) = (held.withLock { $0 }, 1)
    let (calibrated, forecaster) = try await side.run {
      let calibrated = try ModelLoader.load(own, asOf: nil)
      return (calibrated, try was.forecaster.learning(calibrated))
    }
    let learned = Learned(
      quoter: try await was.quoter.learning(EstimateBasis(calibrated, threads: threads), from: own, threads: threads),
      forecaster: forecaster)
    held.withLock { $0 = learned }
    known.withLock { $0 = ended }
  }

  /// What the dashboard asks beyond the running month itself, of what is known then.
  var foresight: WebServer.Foresight {
    WebServer.Foresight(
      whatIf: { try await self.forecaster.foresight.whatIf($0, $1) },
      drivers: { try await self.forecaster.foresight.drivers($0) },
      capacity: { try await self.forecaster.foresight.capacity($0) },
      plan: { try await self.forecaster.foresight.plan($0, $1) },
      accuracy: { try await self.forecaster.foresight.accuracy($0) })
  }
}
