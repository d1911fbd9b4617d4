import Scenarios

/// Money is whole nanodollars in 64 bits: what does not fit begins anew from below, or stands at the end of them.
///
/// What a scenario says is held against that when it is read; what only the simulation shows, here.
public enum Money {
  /// The most US dollars that are reckoned with.
  public static let most = Double(Int64.max) / 1e9

  /// Whether one of these sums (US dollars) has left what there is room for, or may have.
  public static func isPassed(by sample: SampleSummary) -> Bool {
    sample.count > 0 && (sample.quantile(0) < 0 || sample.quantile(1) > 0.99 * most)
  }

  static func isPassed(by sums: [Double]) -> Bool { sums.contains { $0 < 0 || $0 > 0.99 * most } }

  /// - Parameter subject: who costs more, with the verb: "the run costs".
  public static func error(_ subject: String, file: String? = nil, hint: String) -> InputError {
    InputError(
      .badData, file: file, "\(subject) more than $9,223,372,036, the most that can be reckoned with", hint: hint)
  }
}
