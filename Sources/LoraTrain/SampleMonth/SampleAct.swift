import Calibration
import DiscreteEvent
import Engine
import Journal
import Live

/// Something that a person of the ``SampleMonth`` does.
struct SampleAct {
  /// What becomes of a job, apart from what happens to all.
  enum Fate: Hashable {
    case none
    /// At a step; at 0 while the data is prepared.
    case fails(Engine.Failure, atStep: Int32)
    /// No pod is to be had for it at all; or none on spot.
    case noCapacity, noSpot
  }

  enum What {
    /// `key` is what other acts call it by, `retryOf` what this one calls the job that it retries.
    case submit(key: Int, JobSpec, JobDescription, Fate, retryOf: Int?, isDraft: Bool)
    /// To the job of this key.
    case job(Int, @Sendable (JobIndex) -> UserRequest)
    case team(UserRequest)
  }

  /// Since the month's first moment.
  var at: Span
  var act: PersonAct
  var what: What

  func act(on job: JobIndex) -> PersonAct {
    var act = act
    act.subject = job.id
    return act
  }

  /// What the worker says of a failure.
  static func message(_ failure: Engine.Failure, at now: Instant) -> Catalogue.Message? {
    let words: (code: String, text: String)? =
      switch failure {
      case .outOfMemory:
        ("out_of_memory", "CUDA out of memory: tried to allocate 2.5 GB, 78.9 GB of 80 GB are in use (simulated)")
      case .datasetFormat:
        ("dataset_format", "conversation 42, pair 3: target_response is missing (simulated)")
      case .workerCrash: ("worker_crash", "the training process ended with signal 11 (simulated)")
      default: nil
      }
    return words.map {
      Catalogue.Message(kind: .error, code: $0.code, message: $0.text, at: now.microseconds)
    }
  }
}
