import DiscreteEvent
import Engine
import Journal

/// Every attempt to get a pod there ever was, as it follows from the journal: what a restart has to know.
struct RentalBook: Hashable {
  struct Rental: Hashable {
    var epoch: UInt32
    var job: JobIndex
    var lease: UInt16
    var asked: Instant
    var isHeld = false
    /// The attempt failed, or the pod was seen to be gone.
    var isOver = false
    /// All pods that were ever seen under the name.
    var pods: [String] = []
    /// The one that is held.
    var pod: String?
    /// The number of the worker's next report.
    var nextReport: Int64 = 1
    /// What stands for it in the ledger, in nanodollars, and the latest bill of each of its pods.
    var posted: Int64 = 0
    var billed: [String: Int64] = [:]
    var billedAmount: Int64 { billed.values.reduce(0, +) }
    /// When it ended, or a bill of it last changed.
    var ended = Instant.distantFuture
  }

  /// When this copy of the store began, or was confirmed: what it knows of bills may be older than it looks.
  var copied = Instant.distantPast
  /// By request − 1.
  var rentals: [Rental] = []
  /// By job: its open rental; 0: none.
  var open: [UInt32] = []
  var byPod: [String: UInt32] = [:]
  /// What people call the jobs, by ordinal.
  var descriptions: [JobDescription] = []
  var epoch: UInt32 = 1
  var home: String?
  var isConfirmed = true
  /// Whether anything was ever said of where the store is.
  var lastTurn = Instant.distantPast

  var latestRequest: UInt32 { UInt32(rentals.count) }
  func exists(_ request: UInt32) -> Bool { request >= 1 && request <= latestRequest }

  subscript(request: UInt32) -> Rental { rentals[Int(request) - 1] }

  func openRequest(of job: JobIndex) -> UInt32? {
    let i = Int(job.rawValue)
    return i < open.count && open[i] != 0 ? open[i] : nil
  }

  /// For how long bills are waited for.
  struct Patience {
    /// After a rental's end, or the last change of a bill, a provider may bill more of it for so long; a restored store asks for so long about all.
    var settle: Span
    /// After so long what was never billed never will be: what stands in the ledger stays. nil: it is asked for whatever its age.
    var most: Span?
  }

  /// Whether nothing more is to come of a rental's bills.
  ///
  /// What is told of it later is not taken: a question reaches back only to the first rental that is not settled, and a provider that bills by
  /// the hour tells of those before it what they cost since, and not what they cost.
  func isSettled(_ request: UInt32, at now: Instant, _ patience: Patience) -> Bool {
    isSettled(self[request], now, patience)
  }

  private func isSettled(_ rental: Rental, _ now: Instant, _ patience: Patience) -> Bool {
    if rental.pods.isEmpty { return true }
    let since = max(rental.ended, copied)
    if rental.billed.count == rental.pods.count { return since + patience.settle <= now }
    return rental.isOver && patience.most.map { since + $0 <= now } ?? false
  }

  /// When the first of the rentals that are not settled was asked for, and a day, as clocks differ.
  ///
  /// - Complexity: O(rentals).
  func unsettledSince(at now: Instant, _ patience: Patience) -> Instant? {
    rentals.first { !isSettled($0, now, patience) }.map { $0.asked - .days(1) }
  }

  func request(ofPod pod: String) -> UInt32? { byPod[pod] }

  /// Takes the journal's next entry; `fleet` has seen it, and maybe what was decided after it.
  mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet) {
    switch entry {
    case .opening: lastTurn = at
    case .described(let description): descriptions.append(description)
    case .event(let event): take(event, at: at, fleet)
    case .noted(let note): take(note, at: at)
    }
  }

  private mutating func take(_ event: Event, at: Instant, _ fleet: borrowing Fleet) {
    switch event {
    case .podRequested(let j):
      while open.count <= Int(j.rawValue) { open.append(0) }
      rentals.append(Rental(epoch: epoch, job: j, lease: fleet[j].lease.number, asked: at))
      open[Int(j.rawValue)] = latestRequest
    case .podGranted(let j, _):
      if let request = openRequest(of: j) { rentals[Int(request) - 1].isHeld = true }
    case .podUnavailable(let j, _): close(j, at, posted: 0)
    case .podInterrupted(let j, _, _, _), .podGone(let j): close(j, at, posted: fleet[j].lease.posted)
    case .billAdjusted(_, let amount):
      if let request = adjusting { rentals[Int(request) - 1].posted += amount }
    case .periodTurned: lastTurn = at
    default: break
    }
  }

  /// The request whose bill was noted last: an adjustment that follows is its.
  var adjusting: UInt32?

  private mutating func close(_ j: JobIndex, _ at: Instant, posted: Int64) {
    guard let request = openRequest(of: j) else { return }
    let i = Int(request) - 1
    rentals[i].isOver = true
    rentals[i].ended = at
    if rentals[i].isHeld { rentals[i].posted += posted }
    open[Int(j.rawValue)] = 0
  }

  private mutating func take(_ note: StoreNote, at: Instant) {
    switch note {
    case .podNamed(let naming):
      guard exists(naming.request) else { return }
      let i = Int(naming.request) - 1
      rentals[i].pods.append(naming.pod)
      byPod[naming.pod] = naming.request
      if !rentals[i].isOver, rentals[i].pod == nil { rentals[i].pod = naming.pod }
    case .reportHeard(let mark):
      if exists(mark.request) { rentals[Int(mark.request) - 1].nextReport = mark.sequence + 1 }
    case .billReceived(let bill):
      guard exists(bill.request) else { return }
      let i = Int(bill.request) - 1
      rentals[i].billed[bill.pod] = bill.amount
      // A pod that turned up under its name later may have outlived it by far.
      rentals[i].ended = max(rentals[i].ended, at)
      adjusting = bill.request
    case .epochBegan(let mark):
      copied = at
      isConfirmed = home == nil
      (epoch, home) = (mark.epoch, mark.home)
    case .epochConfirmed:
      copied = at
      isConfirmed = true
    case .personActed, .approvalRequested, .approvalDecided: break
    }
  }
}
