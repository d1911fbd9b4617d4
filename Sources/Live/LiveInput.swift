import DiscreteEvent
import Engine
import Journal

/// What reaches the ``Coordinator`` from outside. Each comes once or many times, late, out of order, or never.
public enum LiveInput: Hashable, Sendable {
  /// Somebody wants something; the answer bears the ticket. What is done goes to the audit log as `act`.
  case asked(UserRequest, ticket: UInt64, act: PersonAct? = nil)
  /// What became of ``LiveOrder/create(_:)``.
  case creationAnswered(request: UInt32, CreationAnswer)
  /// What became of ``LiveOrder/terminate(pod:)``.
  case terminationAnswered(pod: String, TerminationAnswer)
  /// What became of ``LiveOrder/list(number:)``; nil: it failed, or was not complete.
  case podsListed(number: UInt64, [PodObservation]?)
  /// A worker's report, its signature checked. The acknowledgement bears the ticket.
  case reported(WorkerReport, ticket: UInt64)
  /// What became of ``LiveOrder/fetchBills``: the provider's bills of pods that are no more.
  case billed([PodBill])
}

/// What a person or a program asks for.
public enum UserRequest: Hashable, Sendable {
  /// The ordinals and `description.id` are the coordinator's to give.
  case submit(JobSpec, JobDescription)
  /// The same, kept as it is until it is confirmed.
  case draft(JobSpec, JobDescription)
  case confirm(JobIndex)
  case cancel(JobIndex)
  case pause(JobIndex)
  case resume(JobIndex)
  case promote(JobIndex)
  case override(JobIndex)
  case answer(JobIndex, Fallback)
  /// - Parameter expected: only where the limit is still this one, compared in the step that changes it.
  case setLimit(Int64?, expected: SeenLimit? = nil)
  /// Of a part of the budget, from 1; nil: none.
  case setAllocation(UInt16, limit: Int64?)
  /// Whether what exceeds the budget is held back.
  case setGate(blocks: Bool)
  /// A paused job goes on with pods of this pricing; so much is set aside for all of it (nanodollars).
  case resumeAs(JobIndex, Pricing, reservation: Int64)
  /// Asks a manager to raise the limit; its number is the coordinator's to give.
  case requestLimit(Int64, justification: String, within: Span)
  /// Decides such a request; approved, the limit is set in the same step.
  case decide(approval: UInt32, approved: Bool, remark: String?)
  /// Nothing but the act itself: something was done that is no matter of the engine's.
  case record
  /// This copy of the store is the one that lives: see ``StoreNote/epochConfirmed(_:)``.
  case confirmEpoch
}

/// The budget's limit as somebody saw it.
public struct SeenLimit: Hashable, Sendable {
  /// In nanodollars; nil: there was none.
  public var limit: Int64?
  public init(_ limit: Int64?) { self.limit = limit }
}

/// What the provider said when it was asked for a pod.
public enum CreationAnswer: Hashable, Sendable {
  case created(PodObservation)
  /// Certainly no pod was made; what a person should hear of it, with what can be done.
  case refused(Unavailability, said: String? = nil)
  /// A time-out, a 5xx, a broken connection: there may be a pod.
  case ambiguous
}

/// What the provider said when it was told to end a pod.
public enum TerminationAnswer: Hashable, Sendable {
  /// Accepted; the pod's absence is still to be seen.
  case accepted
  /// There is no such pod: its absence is seen.
  case absent
  case failed
}

/// A pod as a provider shows it.
public struct PodObservation: Hashable, Sendable {
  /// Where a pod stands, as its provider sees it.
  public enum Status: Hashable, Sendable {
    /// Accepted, and still in a queue of the provider's: nothing runs and nothing is billed.
    case waiting
    /// On its way or running: billed.
    case running
    /// Stopped, by whomever: no worker runs any more, but it has to be removed.
    case exited(LossKind)
  }
  /// The provider's own name for it.
  public var id: String
  /// The one it was created with.
  public var name: String
  public var status: Status
  public var created: Instant
  /// Nanodollars an hour.
  public var hourlyRate: Int64

  public init(id: String, name: String, status: Status, created: Instant, hourlyRate: Int64) {
    self.id = id
    self.name = name
    self.status = status
    self.created = created
    self.hourlyRate = hourlyRate
  }
}

/// What a pod has cost in all, in nanodollars, as far as the provider has billed it.
public struct PodBill: Hashable, Sendable {
  public var pod: String
  public var amount: Int64
  public init(pod: String, amount: Int64) { (self.pod, self.amount) = (pod, amount) }
}

/// What a worker says. Numbered from 1 for each request; a heartbeat has no number.
public struct WorkerReport: Hashable, Sendable {
  /// What a worker has to say.
  public enum Body: Hashable, Sendable {
    case heartbeat
    case stageFinished(Stage)
    /// A checkpoint is durable. Training up to `age` ago is in it, and `blocked` of the time since the last one stood still.
    case checkpointSaved(step: Int32, age: Span, blocked: Span)
    case failed(Failure)
    /// It was told to stop and has saved what there was.
    case stopped
    /// It was told by its machine that it is about to be stopped.
    case interruptionNoticed
  }
  public var request: UInt32
  public var epoch: UInt32
  /// What its provider calls the pod that says it; nil where the worker does not know.
  public var pod: String?
  /// 0: a heartbeat.
  public var sequence: Int64
  public var body: Body

  public init(request: UInt32, epoch: UInt32, pod: String? = nil, sequence: Int64, body: Body) {
    self.request = request
    self.pod = pod
    self.epoch = epoch
    self.sequence = sequence
    self.body = body
  }
}
