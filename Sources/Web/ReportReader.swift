import DiscreteEvent
import Engine
import Foundation
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

  /// nil where it is none that there can be.
  func report(of pod: PodName) -> WorkerReport? {
    guard let body, sequence >= 0, (sequence == 0) == (body == .heartbeat) else { return nil }
    return WorkerReport(request: pod.request, epoch: pod.epoch, sequence: sequence, body: body)
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

/// What a worker is told, over the wire.
struct AcknowledgementDocument: Encodable {
  var directive: String
  var next: Int64

  init(_ acknowledgement: Acknowledgement) {
    directive = Wording.snake(acknowledgement.directive)
    next = acknowledgement.next
  }
}
