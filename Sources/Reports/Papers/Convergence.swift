import Foundation

/// What a training curve says about when training was done, in words that its numbers hold.
public struct Convergence: Sendable, Equatable {
  /// From this step on the smoothed loss stayed within 2 % (of the whole way down) of where it ended; `nil`: it was still falling.
  public var plateauStep: Double?
  public var sentences: [String]

  /// - Parameters:
  ///   - training: the measured loss, in ascending steps.
  ///   - validation: the same on what was not trained on; may be empty.
  ///   - stepsPerEpoch: to say "epoch 2.5" of a step; `nil` says the step.
  public init(training: [ChartPoint], validation: [ChartPoint], stepsPerEpoch: Double?) {
    func place(_ step: Double) -> String {
      guard let stepsPerEpoch, stepsPerEpoch > 0 else { return "step \(ChartUnit.count.text(step))" }
      return "epoch \(ChartUnit.grouped(step / stepsPerEpoch, decimals: 1))"
    }
    let smooth = Smoothing.average(training, weight: training.count > 200 ? 0.97 : 0.8).filter { $0.y.isFinite }
    sentences = []
    guard smooth.count >= 10, let first = smooth.first, let last = smooth.last else {
      sentences = ["Too few measurements to say whether the loss had settled."]
      return
    }
    let fall = first.y - last.y
    let tail = smooth[Int(Double(smooth.count - 1) * 0.9)]
    if fall <= 0 {
      sentences.append("The training loss did not fall: check the learning rate and the data.")
    } else if (tail.y - last.y) / fall > 0.02 {
      let share = ChartUnit.fraction.text((tail.y - last.y) / fall)
      sentences.append(
        "The loss was still falling when training ended: \(share) of the whole way down came in its last tenth. More steps may improve it."
      )
    } else {
      let settled = smooth.lastIndex { abs($0.y - last.y) > 0.02 * fall }.map { $0 + 1 } ?? 0
      let step = smooth[min(settled, smooth.count - 1)].x
      plateauStep = step
      sentences.append("The loss plateaued at \(place(step)): from there on it stayed within 2 % of its way down.")
    }
    let held = validation.filter { $0.y.isFinite }
    guard held.count >= 3, let end = held.last, let least = held.min(by: { $0.y < $1.y }) else { return }
    if least.x < end.x, end.y > least.y * 1.01 {
      sentences.append(
        "The validation loss was least at \(place(least.x)) and rose by \(ChartUnit.fraction.text(end.y / least.y - 1)) until the end: "
          + "a sign of overfitting, an earlier checkpoint may serve better.")
    } else {
      sentences.append(
        "The validation loss ended at or near its least (\(ChartUnit.number.text(end.y))): no sign of overfitting.")
    }
  }
}
