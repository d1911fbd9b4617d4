import DiscreteEvent
import Engine

/// What is in memory of the providers and workers: who was heard when, and what is outstanding. Starts anew with the process.
struct ProviderWatch {
  /// What is known of one open rental.
  struct Sight {
    /// When it was asked for, or when there began to be doubt about it.
    var since: Span
    /// An answer will come, or the time for it is over.
    var isUnknown = false
    /// Complete lists in a row in which it was missing.
    var absences = 0
    /// The last time its worker spoke, or it became ours.
    var heard: Span
    /// In our own time.
    var heardAt: Instant?
    var hasSpoken = false
    /// It was told to stop, and says that it has.
    var hasStopped = false
    var stopping: Span?
    /// It was silent for too long: it has to go, whatever it says.
    var isCondemned = false
  }

  let started: Span
  private var sights: [UInt32: Sight] = [:]
  /// When a pod was last told to go.
  private var terminated: [String: Span] = [:]
  /// When the first of the pods that have to go is to be told so again, as far as this step knows.
  var nextTermination: Span?
  /// When the provider accepted a pod's end.
  private var accepted: [String: Span] = [:]

  private(set) var listing: (number: UInt64, since: Span)?
  private var listed: Span?
  private(set) var lastComplete: Span?
  /// Since when complete lists have come without a longer gap: before, silence may have been our own network's.
  private(set) var reachableSince: Span?
  private var lists: UInt64 = 0
  var wantsList = true
  /// The last list showed pods that have to go.
  var hasStrays = false
  private var billsAsked: Span?

  init(since: Span) { started = since }

  subscript(request: UInt32) -> Sight {
    get { sights[request] ?? Sight(since: started, isUnknown: true, heard: started) }
    set { sights[request] = newValue }
  }

  mutating func asked(_ request: UInt32, at now: Span) { sights[request] = Sight(since: now, heard: now) }
  mutating func forget(_ request: UInt32) { sights[request] = nil }

  /// Whether a pod is to be told (again) to go; notes that it is.
  mutating func mayTerminate(_ pod: String, at now: Span, every: Span) -> Bool {
    let isDue = terminated[pod].map { now - $0 >= every } ?? true
    if isDue { terminated[pod] = now }
    let next = (terminated[pod] ?? now) + every
    nextTermination = nextTermination.map { min($0, next) } ?? next
    return isDue
  }
  mutating func accept(_ pod: String, at now: Span) { if accepted[pod] == nil { accepted[pod] = now } }
  func isAccepted(_ pod: String, before asked: Span) -> Bool { accepted[pod].map { $0 <= asked } ?? false }
  mutating func forget(pod: String) {
    terminated[pod] = nil
    accepted[pod] = nil
  }

  /// The number of the next list, where one is due.
  mutating func nextList(at now: Span, _ settings: LiveSettings, busy: Bool) -> UInt64? {
    if let listing {
      guard now - listing.since >= settings.answerWithin else { return nil }
      // Nothing came: it has failed, and is asked for again.
      (self.listing, wantsList) = (nil, true)
    }
    let every = busy ? settings.listEvery : settings.listEveryIdle
    guard listed.map({ now - $0 >= (wantsList ? min(every, settings.listEveryInDoubt) : every) }) ?? true else {
      return nil
    }
    lists += 1
    (listing, listed, wantsList) = ((lists, now), now, false)
    return lists
  }

  /// When the list of this number was asked for; nil where it is none that is waited for.
  mutating func take(list number: UInt64, complete: Bool, at now: Span, _ settings: LiveSettings) -> Span? {
    guard let current = listing, current.number == number else { return nil }
    listing = nil
    guard complete else { return current.since }
    if !isReachable(at: now, settings) { reachableSince = now }
    lastComplete = now
    return current.since
  }

  /// Whether the provider has answered lately.
  func isReachable(at now: Span, _ settings: LiveSettings) -> Bool {
    lastComplete.map { now - $0 < settings.listEvery * 4 } ?? false
  }

  mutating func billsDue(at now: Span, every: Span) -> Bool {
    guard billsAsked.map({ now - $0 >= every }) ?? true else { return false }
    billsAsked = now
    return true
  }

  func nextWake(_ settings: LiveSettings, busy: Bool) -> Span {
    let list =
      listing.map { $0.since + settings.answerWithin } ?? (listed ?? started)
      + (wantsList ? settings.listEveryInDoubt : busy ? settings.listEvery : settings.listEveryIdle)
    return nextTermination.map { min($0, list) } ?? list
  }
}
