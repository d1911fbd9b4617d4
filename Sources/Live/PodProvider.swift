import DiscreteEvent
import Engine
import Journal

/// Where pods come from. One call each, never repeated by the adapter itself: the ``Coordinator`` decides what follows from an answer, and
/// from none.
public protocol PodProvider: Sendable {
  var capabilities: ProviderCapabilities { get }

  /// Makes one pod under the request's unique name, and starts its worker.
  ///
  /// - Returns: ``CreationAnswer/refused(_:)`` only where there certainly is no pod; whatever is in doubt is ``CreationAnswer/ambiguous``.
  func create(_ request: PodRequest, _ launch: WorkerLaunch) async -> CreationAnswer
  /// Asks for a pod's end. ``TerminationAnswer/absent`` only where the provider says that there is none.
  func terminate(pod: String) async -> TerminationAnswer
  /// All pods of the account, to the last page; nil where that failed or was not complete.
  func list() async -> [PodObservation]?
  /// Bills of pods that are no more and were made at `since` or later; those that were told before may come again, and be others then. Those of
  /// older pods may be among them, and hold only what they cost since: the ``Coordinator`` knows which are older.
  func bills(since: Instant) async -> [PodBill]
}

/// What a provider can do.
public struct ProviderCapabilities: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Cheaper pods that may be taken back.
  public static let spot = ProviderCapabilities(rawValue: 1)
  /// A pod may stand still and keep its disk.
  public static let pause = ProviderCapabilities(rawValue: 2)
  /// Disks that outlive a pod.
  public static let volumes = ProviderCapabilities(rawValue: 4)
  /// Says what a pod costs before it is rented.
  public static let prices = ProviderCapabilities(rawValue: 8)
}

/// What a worker needs to begin: handed to the provider with the pod, never journalled.
public struct WorkerLaunch: Sendable {
  public var description: JobDescription
  /// Where the worker reports: `POST` to `<address>/v1/reports/<name of the pod>`.
  public var reportAddress: String
  /// Signs the worker's reports; see ``WorkerKeys``.
  public var secret: String

  public init(description: JobDescription, reportAddress: String, secret: String) {
    self.description = description
    self.reportAddress = reportAddress
    self.secret = secret
  }
}
