import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// What a worker of the ``SampleMonth`` says, and when: it trains nothing and takes an H100's time, roughly.
struct SampleWorker {
  let pod: String
  let request: PodRequest
  /// When it says the next thing; in the distant future before its pod runs, and once it is done.
  var at = Instant.distantFuture
  private(set) var step: Int32
  private var saved: Int32
  private var stages: [Stage]
  private var sequence: Int64 = 0
  private let every: Int32
  /// Seconds of one step on this pod.
  private let pace: Double
  private let failure: (Engine.Failure, at: Int32)?

  /// Seconds.
  private static let boot = 60.0
  private static let preprocessing = 180.0
  private static let loading = 720.0
  private static let restoring = 45.0
  private static let checkpoint = 30.0
  private static let finalization = 480.0
  static let step = 22.5

  /// - Parameter failure: what it runs into, and at which step; before the first one, while it prepares the data.
  init(_ request: PodRequest, on pod: String, of job: JobDescription, failure: (Engine.Failure, at: Int32)?) {
    (self.request, self.pod, self.failure) = (request, pod, failure)
    (step, saved) = (request.durableStep, request.durableStep)
    every = Int32(max(1, job.configuration.checkpointEvery))
    var luck = RandomStream(seed: 1, replication: 0, entity: request.name.request, purpose: 40)
    pace = SampleWorker.step * job.configuration.tokensPerPair / 3400 * (0.96 + 0.08 * luck.uniform())
    stages = [.boot]
    if !request.isPreprocessed { stages.append(.preprocessing) }
    stages.append(.modelLoading)
    if request.lease > 1 { stages.append(.restore) }
    stages += [.training, .finalization]
  }

  mutating func begin(at now: Instant) { at = now + lengthOfNext }

  /// What it has done by now, and what it does next.
  mutating func work(at now: Instant) -> (report: WorkerReport, trained: ClosedRange<Int32>?) {
    var trained: ClosedRange<Int32>?
    let body: WorkerReport.Body
    if let failure, failsNext {
      (body, stages) = (.failed(failure.0), [])
    } else if stages.first == .training, step < request.steps {
      trained = step + 1...nextStep
      step = nextStep
      if step < request.steps {
        saved = step
        body = .checkpointSaved(step: step, age: .zero, blocked: Span(seconds: SampleWorker.checkpoint))
      } else {
        body = .stageFinished(stages.removeFirst())
      }
    } else {
      body = .stageFinished(stages.removeFirst())
    }
    at = stages.isEmpty ? .distantFuture : now + lengthOfNext
    return (say(body), trained)
  }

  /// It was told to stop: it has trained for a while since it last said something.
  mutating func stop(at now: Instant) -> [WorkerReport] {
    let left = max(0, (at - now).seconds)
    let isTraining = stages.first == .training
    (at, stages) = (.distantFuture, [])
    guard isTraining else { return [say(.stopped)] }
    let done = Int32(max(0, lengthOfTraining - left) / pace)
    step = min(nextStep, step + done)
    guard step > saved, step < request.steps else { return [say(.stopped)] }
    return [
      say(.checkpointSaved(step: step, age: .zero, blocked: Span(seconds: SampleWorker.checkpoint))), say(.stopped),
    ]
  }

  mutating func say(_ body: WorkerReport.Body) -> WorkerReport {
    sequence += 1
    return WorkerReport(request: request.name.request, epoch: request.name.epoch, sequence: sequence, body: body)
  }

  var heartbeat: WorkerReport {
    WorkerReport(request: request.name.request, epoch: request.name.epoch, sequence: 0, body: .heartbeat)
  }

  /// The last step before the next checkpoint, or before what it runs into.
  private var nextStep: Int32 { min(step - step % every + every, request.steps) }

  private var failsNext: Bool {
    guard let failure else { return false }
    return stages.first == .preprocessing && failure.at == 0
      || stages.first == .training && failure.at > 0 && failure.at <= nextStep
  }

  private var lengthOfTraining: Double {
    let end = failsNext ? max(step, failure?.at ?? step) : nextStep
    return Double(end - step) * pace + (end < request.steps ? SampleWorker.checkpoint : 0)
  }

  private var lengthOfNext: Span {
    let seconds =
      switch stages.first {
      case .boot: SampleWorker.boot
      case .preprocessing: SampleWorker.preprocessing
      case .modelLoading: SampleWorker.loading
      case .restore: SampleWorker.restoring
      case .training: lengthOfTraining
      case .finalization: SampleWorker.finalization
      case nil: 0.0
      }
    return Span(seconds: seconds)
  }
}

extension SampleWorker {
  /// Seconds from the slot to the end, if nothing comes in between.
  static func length(of configuration: JobConfiguration) -> Double {
    let steps = Double(configuration.steps)
    let saving = (steps / Double(max(1, configuration.checkpointEvery))).rounded(.down) * checkpoint
    return boot + preprocessing + loading + finalization + steps * step * configuration.tokensPerPair / 3400 + saving
  }

  /// What it would have measured in some steps: a curve as fine-tuning has it, and nothing that was trained.
  static func metrics(_ steps: ClosedRange<Int32>, of job: JobDescription, ordinal: UInt32, at now: Instant)
    -> [Catalogue.Metric]
  {
    let (configuration, total) = (job.configuration, Double(job.configuration.steps))
    let pace = step * configuration.tokensPerPair / 3400
    return steps.filter { $0 % 10 == 0 || Double($0) == total }.map { step in
      var luck = RandomStream(seed: 1, replication: 0, entity: ordinal, part: UInt16(step / 10), purpose: 41)
      let (noise, s) = (luck.uniform() - 0.5, Double(step))
      let before = Double(steps.upperBound - step) * pace
      var metric = Catalogue.Metric(step: Int(step), at: (now - Span(seconds: before)).microseconds)
      let loss = 0.36 + 1.5 * exp(-s / 160) + 0.05 * noise
      metric.epoch = s / total * Double(configuration.epochs)
      metric.training_loss = loss
      metric.learning_rate = configuration.learningRate * min(1, s / (0.03 * total)) * 0.5 * (1 + cos(.pi * s / total))
      metric.gradient_norm = 0.6 + 0.8 * exp(-s / 200) + 0.2 * luck.uniform()
      metric.tokens_per_s = configuration.tokensPerStep / pace
      (metric.gpu_utilization, metric.gpu_memory_gb) = (96 + 3 * luck.uniform(), 66.5 + noise)
      metric.elapsed_s = s * pace
      if Int(step) % configuration.checkpointEvery == 0 || Double(step) == total {
        let validation = loss + 0.03 + 0.04 * s / total
        (metric.validation_loss, metric.perplexity) = (validation, exp(validation))
      }
      return metric
    }
  }
}
