/// What live mode has to know after a restart and the engine never asks for: the providers' names, how far a worker has been heard,
/// what was billed, and which copy of the store this is.
///
/// Requests are counted from 1 over the whole journal: the n-th `podRequested` is request n.
public enum StoreNote: Hashable, Sendable {
  /// A pod that bears the name of one of our requests was seen for the first time.
  case podNamed(PodNaming)
  /// The worker of a request has been heard up to this report.
  case reportHeard(ReportMark)
  /// The provider's final bill of a pod.
  case billReceived(BillMark)
  /// The store is where it was never before: it was restored or copied, and there may be another one that lives.
  case epochBegan(EpochMark)
  /// A person says that this copy is the one.
  case epochConfirmed(EpochMark)
  /// A person did something; what follows from it stands before it, in the same step.
  case personActed(PersonAct)
  /// Somebody asks for what only a manager may do.
  case approvalRequested(ApprovalRequest)
  case approvalDecided(ApprovalDecision)

  /// A pod was seen under a request's name.
  public struct PodNaming: Hashable, Sendable, Codable {
    public var request: UInt32
    /// The provider's own name for it.
    public var pod: String
    public init(request: UInt32, pod: String) { (self.request, self.pod) = (request, pod) }
  }

  /// A worker's report of this number was heard.
  public struct ReportMark: Hashable, Sendable {
    public var request: UInt32
    public var sequence: Int64
    public init(request: UInt32, sequence: Int64) { (self.request, self.sequence) = (request, sequence) }
  }

  /// The provider's latest bill of a pod.
  public struct BillMark: Hashable, Sendable, Codable {
    public var request: UInt32
    public var pod: String
    /// Nanodollars, from the pod's first second to its last.
    public var amount: Int64
    public init(request: UInt32, pod: String, amount: Int64) {
      (self.request, self.pod, self.amount) = (request, pod, amount)
    }
  }

  /// A life of the store, and the place of it.
  public struct EpochMark: Hashable, Sendable, Codable {
    public var epoch: UInt32
    /// Which machine and file; what is compared to find out.
    public var home: String
    public init(epoch: UInt32, home: String) { (self.epoch, self.home) = (epoch, home) }
  }
}
