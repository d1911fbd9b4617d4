@testable import Engine

extension Fleet {
  /// The names of the stored properties in which two fleets differ; all of them are compared.
  func differences(from other: Fleet) -> [String] {
    var names: [String] = []
    func compare<T: Equatable>(_ name: String, _ a: T, _ b: T) { if a != b { names.append("\(name): \(a) | \(b)") } }
    compare("jobs", jobs, other.jobs)
    compare("slots", slots, other.slots)
    compare("freeSlots", freeSlots, other.freeSlots)
    compare("freeJobs", freeJobs, other.freeJobs)
    compare("ledger", ledger, other.ledger)
    compare("budget", budget, other.budget)
    compare("queueHead", queueHead, other.queueHead)
    compare("queueTail", queueTail, other.queueTail)
    compare("queued", queued, other.queued)
    compare("slotsInUse", slotsInUse, other.slotsInUse)
    compare("subject", subject, other.subject)
    compare("digest", digest, other.digest)
    return names
  }

  /// The queue from head to tail, by walking its links.
  var queueOrder: [JobIndex] {
    var order: [JobIndex] = []
    var index = queueHead
    while index != .none, order.count <= jobs.count {
      order.append(index)
      index = self[index].next
    }
    return order
  }
}
