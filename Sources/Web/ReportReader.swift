// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// A worker's report as it comes over the wire.
struct ReportDocument: Decodable {
  var sequence: Int64
  var event: String
  var stage: String?
  var step: Int32?
  /// Seconds since the checkpoint's training ended, when it was sent.
  var age_s: Double?
  var blocked_s: Double?
  var failure: String?
  /// What its provider calls the pod; absent where the worker does not know.
  var pod: String?

  /// nil where it is none that there can be.
  func report(of name: PodName) -> WorkerReport? {
    guard let body, sequence >= 0, (sequence == 0) == (body == .heartbeat) else { return nil }
    return WorkerReport(request: name.request, epoch: name.epoch, pod: pod, sequence: sequence, body: body)
  }

  private var body: WorkerReport.Body? {
    switch event {
    case "heartbeat": .heartbeat
    case "stopped": .stopped
    case "interruption_noticed": .interruptionNoticed
    case "stage_finished":
      Stage.allCases.first { Wording.snake($0) == stage }.map { .stageFinished($0) }
    case "checkpoint_saved":
      if let step, step > 0, let age = span(age_s), let blocked = span(blocked_s) {
        .checkpointSaved(step: step, age: age, blocked: blocked)
      } else {
        nil
      }
    case "failed":
      Failure.allCases.first { $0 != .none && Wording.snake($0) == failure }.map { .failed($0) }
    default: nil
    }
  }

  private func span(_ seconds: Double?) -> Span? {
    guard let seconds = Optional(seconds ?? 0), seconds >= 0, seconds < 1e9 else { return nil }
    return Span(seconds: seconds)
  }
}

/// What a worker measured or said, over the wire: rows of metrics, a warning, or a line of its log.
struct MeasuresDocument: Decodable {
  struct Measured: Decodable {
    var step: Int
    /// Seconds since 1970, by the worker's clock.
    var at: Double?
    var epoch, training_loss, validation_loss, learning_rate, perplexity, gradient_norm, tokens_per_s, gpu_utilization,
      gpu_memory_gb, elapsed_s: Double?

    /// What nothing can measure.
    private static let absurd = 1e15

    /// nil where there is no such step. A worker that has gone wrong says absurd things: they are no numbers, and nobody calculates with them.
    func metric(_ time: LiveTime) -> Catalogue.Metric? {
      guard (0...Int(Int32.max)).contains(step) else { return nil }
      func sane(_ value: Double?) -> Double? { value.flatMap { abs($0) < Measured.absurd ? $0 : nil } }
      var metric = Catalogue.Metric(step: step, at: at.flatMap { MeasuresDocument.own($0, time)?.microseconds })
      (metric.epoch, metric.training_loss) = (sane(epoch), sane(training_loss))
      (metric.validation_loss, metric.learning_rate) = (sane(validation_loss), sane(learning_rate))
      (metric.perplexity, metric.gradient_norm) = (sane(perplexity), sane(gradient_norm))
      (metric.tokens_per_s, metric.gpu_utilization) = (sane(tokens_per_s), sane(gpu_utilization))
      (metric.gpu_memory_gb, metric.elapsed_s) = (sane(gpu_memory_gb), sane(elapsed_s))
      return metric
    }
  }

  var event: String
  var rows: [Measured]?
  var number: Int64?
  var at: Double?
  var level: String?
  var code: String?
  var message: String?
  var step: Int?

  /// nil where it is neither a warning nor a line of a log.
  func said(_ time: LiveTime, now: Instant) -> (number: Int64, Catalogue.Message)? {
    guard let number, event == "warning" || event == "log" else { return nil }
    let kind: Catalogue.Message.Kind = event == "warning" ? .warning : level == "error" ? .error : .log
    let at = at.flatMap { MeasuresDocument.own($0, time) } ?? now
    return (
      number,
      Catalogue.Message(kind: kind, code: code ?? "", message: message ?? "", step: step, at: at.microseconds)
    )
  }

  private static func own(_ seconds: Double, _ time: LiveTime) -> Instant? {
    seconds > 0 && seconds < 1e11 ? time.own(Instant(microseconds: Int64(seconds * 1e6))) : nil
  }
}

/// What a worker is told, over the wire.
struct AcknowledgementDocument: Encodable {
  var directive: String
  var next: Int64
  var spent_usd: Double?

  init(_ acknowledgement: Acknowledgement) {
    directive = Wording.snake(acknowledgement.directive)
    next = acknowledgement.next
  }
}
