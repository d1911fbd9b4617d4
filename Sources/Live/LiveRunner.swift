import DiscreteEvent
import Engine
import Journal
import Scenarios

/// The thin shell around the ``Coordinator``: gathers what comes in, lets it step, and carries out what it orders.
///
/// What waits together is taken in one step, and so in one transaction. A step that fails ends the runner: what is in memory may be ahead
/// of the disk, so the process starts anew and finds what is there.
public actor LiveRunner {
  private var coordinator: Coordinator
  /// What is kept beside the journal.
  public nonisolated let catalogue: Catalogue
  public nonisolated let time: LiveTime
  private let provider: any PodProvider
  private let keys: WorkerKeys
  private let reportAddress: @Sendable () async -> String
  private let tell: @Sendable (LiveNews) -> Void

  /// Why each job's last attempt to get a pod was refused.
  private var lastWords: [JobIndex: String] = [:]
  /// What the provider said when it refused a pod the last time, in the words of people; nil: it has made one since.
  public private(set) var refusal: String?
  private var inbox: [LiveInput] = []
  private var isScheduled = false
  private var tickets: UInt64 = 0
  private var askers: [UInt64: CheckedContinuation<UserAnswer, any Error>] = [:]
  private var workers: [UInt64: CheckedContinuation<Acknowledgement, any Error>] = [:]
  private var alarm: (task: Task<Void, Never>, at: Duration)?
  private var end: (isOver: Bool, error: (any Error)?) = (false, nil)
  private var ending: CheckedContinuation<Void, any Error>?

  /// - Parameters:
  ///   - open: opens the store; its coordinator never leaves this actor.
  ///   - reportAddress: where workers reach this machine; may not be known at once.
  /// - Throws: what `open` throws.
  public init(
    _ open: @Sendable () throws -> Coordinator, time: LiveTime, provider: any PodProvider, keys: WorkerKeys,
    reportAddress: @escaping @Sendable () async -> String,
    tell: @escaping @Sendable (LiveNews) -> Void = { _ in }
  ) throws {
    coordinator = try open()
    catalogue = coordinator.catalogue
    self.time = time
    self.provider = provider
    self.keys = keys
    self.reportAddress = reportAddress
    self.tell = tell
  }

  // MARK: From outside

  /// Steps until ``stop()``, or until its task is cancelled: whoever serves beside it could not.
  ///
  /// - Throws: what the failed step threw.
  public func run() async throws {
    try await withTaskCancellationHandler {
      schedule()
      try await withCheckedThrowingContinuation { continuation in
        if end.isOver { return continuation.resume(with: end.error.map { .failure($0) } ?? .success(())) }
        ending = continuation
      }
    } onCancel: {
      Task { await stop() }
    }
  }

  /// Takes nothing more. Pods go on: whoever opens the store next finds them, and at once.
  public func stop() {
    guard !end.isOver else { return }
    keepSnapshot()
    finish(nil)
  }

  /// Answers when what follows from it is on the disk.
  ///
  /// - Parameter act: what the audit log says of it, where it is done.
  public func ask(_ request: UserRequest, as act: PersonAct? = nil) async throws -> UserAnswer {
    try await withCheckedThrowingContinuation { continuation in
      guard !end.isOver else { return continuation.resume(throwing: end.error ?? Stopped()) }
      tickets += 1
      askers[tickets] = continuation
      put(.asked(request, ticket: tickets, act: act))
    }
  }

  /// Acknowledges when what follows from it is on the disk.
  public func hear(_ report: WorkerReport) async throws -> Acknowledgement {
    try await withCheckedThrowingContinuation { continuation in
      guard !end.isOver else { return continuation.resume(throwing: end.error ?? Stopped()) }
      tickets += 1
      workers[tickets] = continuation
      put(.reported(report, ticket: tickets))
    }
  }

  /// The job that a pod's worker may say something of; nil where its rental is over or was never ours.
  ///
  /// - Parameter id: what the pod says its provider calls it; nil: it does not say.
  public func job(workedOnBy pod: PodName, id: String?) -> JobIndex? { coordinator.job(workedOnBy: pod, id: id) }

  /// False once it takes nothing more.
  public var isRunning: Bool { !end.isOver }

  /// Where this machine is reached, without a slash at the end; may not be known at once.
  public nonisolated var address: String {
    get async { await reportAddress() }
  }

  /// What a job has cost up to now, in nanodollars.
  public func spent(on job: JobIndex) -> Int64 { coordinator.spent(on: job, at: time.reading) }

  public var view: LiveView { coordinator.view(at: time.reading) }

  /// The process is about to end.
  public struct Stopped: Error {}

  // MARK: The step

  private func put(_ input: LiveInput) {
    inbox.append(input)
    schedule()
  }

  /// One step for all that comes in until it begins.
  private func schedule() {
    guard !isScheduled, !end.isOver else { return }
    isScheduled = true
    Task { step() }
  }

  private func step() {
    isScheduled = false
    guard !end.isOver else { return }
    let inputs = inbox
    inbox.removeAll(keepingCapacity: true)
    do {
      for order in try coordinator.step(inputs, at: time.reading) { carryOut(order) }
      setAlarm()
    } catch {
      return finish(error)
    }
    // Everybody has an answer by now.
    if coordinator.isSnapshotDue { keepSnapshot() }
  }

  private func keepSnapshot() {
    do throws(InputError) { try coordinator.keepSnapshot() } catch {
      tell(.trouble("the next start will take longer: \(error.problem)"))
    }
  }

  private func carryOut(_ order: LiveOrder) {
    switch order {
    case .create(let request):
      tell(.order(order))
      guard let description = coordinator.description(of: request.job) else { return }
      Task {
        let launch = WorkerLaunch(
          description: description, reportAddress: await reportAddress(), secret: keys.secret(for: request.name))
        let answer = await provider.create(request, launch)
        heard(answer, of: request)
        put(.creationAnswered(request: request.name.request, answer))
      }
    case .terminate(let pod):
      tell(.order(order))
      Task {
        let answer = await provider.terminate(pod: pod)
        if answer == .failed { tell(.trouble("\(pod) could not be told to go; it may go on costing money")) }
        put(.terminationAnswered(pod: pod, answer))
      }
    case .list(let number):
      Task {
        let pods = await provider.list()
        if pods == nil { tell(.trouble("the provider did not say which pods there are")) }
        put(.podsListed(number: number, pods))
      }
    case .fetchBills(let since):
      Task {
        let bills = await provider.bills(since: since)
        if !bills.isEmpty { put(.billed(bills)) }
      }
    case .notify(let job, let notice): tell(.notice(job, notice, at: time.reading.wall))
    case .acknowledge(let ticket, let acknowledgement):
      workers.removeValue(forKey: ticket)?.resume(returning: acknowledgement)
    case .answer(let ticket, let answer): askers.removeValue(forKey: ticket)?.resume(returning: answer)
    }
  }

  /// What a person is told of an attempt that brought no pod: in the diary, and with the job.
  private func heard(_ answer: CreationAnswer, of request: PodRequest) {
    switch answer {
    case .created: (lastWords[request.job], refusal) = (nil, nil)
    case .ambiguous: tell(.trouble("nobody knows yet whether \(request.name) was made"))
    case .refused(let why, let said):
      tell(.trouble("\(request.name) was not made: \(said ?? "\(why)")"))
      refusal = said ?? refusal
      // Attempts go on for an hour: the same thing is kept once.
      guard let said, lastWords.updateValue(said, forKey: request.job) != said else { return }
      let now = time.reading.wall
      let message = Catalogue.Message(
        kind: .warning, code: "pod_refused", message: said, at: now.microseconds)
      do {
        try catalogue.record([
          .init(job: request.job, metrics: [], message: (number: 0, pod: request.name.description, message), at: now)
        ])
      } catch {
        tell(.trouble("what became of \(request.name) could not be kept: \(error)"))
      }
    }
  }

  // MARK: Time

  /// Sees to it that the next step comes in time, whatever comes in or does not.
  private func setAlarm() {
    let (wake, now) = (coordinator.nextWake, time.reading)
    var wait = wake.monotonic - now.monotonic
    if wake.wall < .distantFuture { wait = min(wait, wake.wall - now.wall) }
    let machine = LiveTime.machine.microseconds
    let delay = max(time.real(wait), .milliseconds(10))
    let at = Duration.microseconds(machine) + delay
    if let alarm, alarm.at <= at { return }
    alarm?.task.cancel()
    alarm = (
      Task {
        guard (try? await Task.sleep(for: delay)) != nil else { return }
        ring()
      }, at
    )
  }

  private func ring() {
    alarm = nil
    schedule()
  }

  private func finish(_ error: (any Error)?) {
    guard !end.isOver else { return }
    end = (true, error)
    alarm?.task.cancel()
    for asker in askers.values { asker.resume(throwing: error ?? Stopped()) }
    for worker in workers.values { worker.resume(throwing: error ?? Stopped()) }
    askers.removeAll()
    workers.removeAll()
    ending?.resume(with: error.map { .failure($0) } ?? .success(()))
    // Everybody has heard why; what keeps it from being closed keeps nobody from ending.
    if error != nil { try? coordinator.close() }
  }
}
