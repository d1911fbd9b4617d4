import ArgumentParser
import Foundation
import Planning
import Scenarios

/// `--precision 1%`: stop when the main mean is known that well.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Simulate until the 95 % half-width of the main mean is within this, such as 1%; --replications is then the most (else 100,000).",
      valueName: "1%"))
  var precision: String?

  func validate() throws { _ = try share }

  private var share: Double? {
    get throws {
      guard let precision else { return nil }
      guard let share = PercentArgument.share(precision), share >= 1e-6, share <= 0.5 else {
        throw ValidationError(
          "--precision takes a share of the mean such as 1% or 0.01, at most 50%, not '\(precision)'")
      }
      return share
    }
  }

  /// The precision asked for, with `--replications` as its cap.
  func precision(cap: Int?) throws -> Precision? {
    try share.map { Precision(relative: $0, cap: cap ?? Precision.defaultCap) }
  }
}

/// Shares on the command line: `1%`, `1 %` or `0.01`.
enum PercentArgument {
  static func share(_ text: String) -> Double? {
    guard text.hasSuffix("%") else { return NumberText.double(text) }
    var digits = text.dropLast()
    while digits.hasSuffix(" ") { digits.removeLast() }
    return NumberText.double(String(digits)).map { $0 / 100 }
  }

  /// `0.5 %`, in three digits.
  static func text(_ share: Double) -> String { String(format: "%.3g %%", share * 100) }
}

extension Precision.Reached {
  /// For JSON.
  var document: JSON {
    .object([
      ("metric", .string(metric)), ("asked", .number(asked)), ("reached", .number(relative)), ("met", .bool(isMet)),
    ])
  }

  /// Says on standard error what was reached, where it was not what was asked for.
  func sayIfMissed() {
    guard !isMet else { return }
    let reached =
      relative.isFinite
      ? "the mean of \(metric) is known to ± \(PercentArgument.text(relative))"
      : "nothing can be said of the mean of \(metric)"
    Failure.say(
      "note: --precision \(PercentArgument.text(asked)) was not reached within \(Words.group(replications)) replications: "
        + "\(reached); allow more with --replications")
  }

  /// Said beside the number of replications.
  var words: String { "the mean known to ± \(PercentArgument.text(relative)) (95 %)" }
}
