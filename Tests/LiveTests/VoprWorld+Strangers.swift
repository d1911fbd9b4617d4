import Crypto
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

@testable import Live

/// A report as it travels: signed, and so overheard.
struct VoprLetter {
  var pod: PodName
  var stamp: String
  var body: Data
  var signature: String
  var report: WorkerReport
  var index: Int
  var sent: Instant
}

/// Whoever else speaks and rents: forgers, a provider that has had enough of us, a copy of the store, a second installation.
extension VoprWorld {
  /// The pods of two worlds on one account have names of their own.
  var podSuffix: String { neighbour == nil ? "" : " of \(store)" }

  // MARK: Reports that are none

  /// Somebody has heard a report on its way, and makes others of it. At the door they meet the check that a served store makes of signatures;
  /// what comes through that is given to the coordinator.
  func forge(_ index: Int, _ report: WorkerReport) {
    guard weather.uniform() < faults.forgery, let pod = pods[index].name else { return }
    let (stamp, body) = ("\(now.microseconds)", Data("\(report)".utf8))
    let letter = VoprLetter(
      pod: pod, stamp: stamp, body: body, signature: keys.signature(of: body, at: stamp, from: pod), report: report,
      index: index, sent: now)
    var forged = letter
    let other = PodName(store: store, epoch: pod.epoch, request: pod.request + 1)
    switch Int(weather.uniform() * 5) {
    case 0: forged.signature = String(letter.signature.reversed())
    case 1: forged.signature = sign(letter, with: keys.secret(for: other))
    case 2: forged.body = Data("\(WorkerReport.Body.failed(.workerCrash))".utf8)
    case 3: forged.stamp = "\((now + .days(1)).microseconds)"
    default: forged.pod = other
    }
    forgedReports += 1
    if weather.uniform() < 0.01, sign(letter, with: keys.secret(for: pod)) != letter.signature {
      breach = "forgers sign otherwise than workers do: their reports say nothing"
    }
    deliver(forged)
    overheard.append(letter)
    if overheard.count > 20 { overheard.removeFirst() }
    // An old one, as it was: its signature holds.
    let old = overheard[Int(weather.uniform() * Double(overheard.count))]
    deliver(old, isReplay: true)
  }

  /// As a worker signs, by whatever secret it has.
  private func sign(_ letter: VoprLetter, with secret: String) -> String {
    let text = Data("\(letter.stamp)\n\(letter.pod)\n".utf8) + letter.body
    return HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: Data(secret.utf8))).hex
  }

  private func deliver(_ letter: VoprLetter, isReplay: Bool = false) {
    guard keys.isValid(letter.signature, of: letter.body, at: letter.stamp, from: letter.pod) else { return }
    guard isReplay else {
      breach = "a forged report comes through the door: \(letter)"
      return
    }
    // As the door has it: one whose time is off is told to sign again.
    guard now - letter.sent <= .minutes(5) else { return }
    ticket += 1
    replayedReports += 1
    // A restored store has forgotten what it has heard.
    if !wasRestored, letter.report.sequence > 0, letter.report.sequence < pods[letter.index].acknowledged {
      replays.insert(ticket)
    }
    schedule(
      .input(.reported(letter.report, ticket: ticket), process: process), in: Span(seconds: weather.uniform() * 60))
  }

  /// What was forged never comes so far; what has been acknowledged and comes again changes nothing.
  func lookForReplays(_ current: Coordinator, _ orders: [LiveOrder]) throws {
    if let breach { throw failure(breach) }
    guard !replays.isEmpty else { return }
    let mine = Set(orders.compactMap { if case .acknowledge(let ticket, _) = $0 { ticket } else { nil } })
    let answered = replays.intersection(mine)
    guard !answered.isEmpty else { return }
    replays.subtract(answered)
    // Alone in its step: whatever is written follows from it, or from time.
    guard mine.count == 1, !wasRestored, let (_, entry) = current.journalled.first(where: { Self.isWord($0.entry) })
    else { return }
    throw failure("a report that has been acknowledged has been taken again: \(entry)")
  }

  private static func isWord(_ entry: JournalEntry) -> Bool {
    if case .noted(.reportHeard) = entry { true } else { false }
  }

  // MARK: Two pods under one name

  /// Of two pods under one name, one that says which it is is followed only where the lease is its own.
  func lookForFollowedStrays(_ current: Coordinator, _ orders: [LiveOrder]) throws {
    guard saysPod else { return }
    for case .acknowledge(let ticket, let acknowledgement) in orders {
      guard let index = tickets[ticket], let name = pods[index].name, current.book.exists(name.request) else {
        continue
      }
      let rental = current.book[name.request]
      guard rental.epoch == name.epoch, rental.isHeld, !rental.isOver, rental.pod != pods[index].id else { continue }
      strayReports += 1
      guard [.leave, .wait].contains(acknowledgement.directive) else {
        throw failure("\(pods[index].id) is followed, and \(rental.pod ?? "nobody") holds the lease of \(name)")
      }
    }
  }

  // MARK: A provider that has had enough

  /// 429: nothing is done, and nothing will be until what its Retry-After says.
  func isThrottled(_ order: LiveOrder) -> Bool {
    guard faults.throttling > 0 else { return false }
    if now >= throttledUntil {
      guard weather.uniform() < faults.throttling else { return false }
      throttledUntil = now + Span(seconds: 5 + weather.uniform() * 115)
    }
    throttledCalls += 1
    switch order {
    case .create(let request):
      // A call that was doubled on the way, and refused once.
      if !calls.insert(request.name).inserted {
        for i in present where pods[i].name == request.name { pods[i].isDoubtful = true }
      }
      post(.input(.creationAnswered(request: request.name.request, .refused(.error)), process: process))
    case .terminate(let pod): post(.input(.terminationAnswered(pod: pod, .failed), process: process))
    case .list(let number): post(.input(.podsListed(number: number, nil), process: process))
    case .fetchBills, .notify, .acknowledge, .answer: break
    }
    return true
  }

  // MARK: A copy that looks on

  /// Somebody has opened a backup elsewhere while its original runs: it sees the same lists, and does nothing.
  func haunt(_ shown: [PodObservation]?) throws {
    guard var ghost else { return }
    ghostlyLooks += 1
    let list = LiveInput.podsListed(number: ghost.list, shown)
    let orders = try ghost.coordinator.step([list], at: reading)
    for order in orders {
      switch order {
      case .create, .terminate: throw failure("a copy that nobody has confirmed acts beside its original: \(order)")
      case .list(let number): ghost.list = number
      default: break
      }
    }
    self.ghost = ghost
  }
}
