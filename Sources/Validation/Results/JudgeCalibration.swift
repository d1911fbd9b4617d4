// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// A model's scores beside people's on the same answers.
public struct JudgeCalibration: Hashable, Sendable, Codable {
  /// Answers that both scored.
  public var answers: Int
  /// What the model gives beyond people, in points, with 95 % by the bootstrap of answers.
  public var bias: Double
  public var bias_interval: Interval?
  /// Pearson's; nil where one side always gives the same.
  public var correlation: Double?
  /// Krippendorff's, interval, the model and people's mean as two raters.
  public var alpha: Double?
  /// The improvement in points as people see it, and as the model does, on the pairs both judged.
  public var gain_by_people: Double
  public var gain_by_model: Double

  /// - Parameter pairs: for each item people's and the model's mean scores of both answers.
  init?(_ pairs: [(people: (base: Double, trained: Double), model: (base: Double, trained: Double))]) {
    guard pairs.count > 1 else { return nil }
    let people = pairs.flatMap { [$0.people.base, $0.people.trained] }
    let model = pairs.flatMap { [$0.model.base, $0.model.trained] }
    answers = people.count
    // An item's two answers are drawn together.
    let clusters = pairs.map {
      PairedSums(
        base: $0.people.base + $0.people.trained, trained: $0.model.base + $0.model.trained, weight: 2)
    }
    let bootstrap = PairedBootstrap(clusters, seed: 1, key: "calibration") { ($0.trained - $0.base) / $0.weight }
    (bias, bias_interval) = (bootstrap.estimate, bootstrap.interval())
    let (p, m) = (people.mean ?? 0, model.mean ?? 0)
    let product = zip(people, model).reduce(0) { $0 + ($1.0 - p) * ($1.1 - m) }
    let scale = people.deviation * model.deviation * Double(people.count - 1)
    correlation = scale > 0 ? product / scale : nil
    alpha = KrippendorffAlpha.alpha(zip(people, model).map { [$0, $1] }, .interval)
    gain_by_people = pairs.map { $0.people.trained - $0.people.base }.mean ?? 0
    gain_by_model = pairs.map { $0.model.trained - $0.model.base }.mean ?? 0
  }
}
