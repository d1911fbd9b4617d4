/// When those who wait will get a slot: list scheduling, first in first out.
enum QueueETA {
  /// When each job gets a slot and when it ends, in the order given; a slot is held from the start, provisioning included.
  ///
  /// - Parameters:
  ///   - free: when each slot comes free; now or earlier for one that is free.
  ///   - jobs: when each was submitted and how long it will hold a slot.
  static func schedule(
    free: [Double], jobs: [(submitted: Double, duration: Double)]
  ) -> [(start: Double, end: Double)] {
    var free = free
    return jobs.map { job in
      guard let slot = free.indices.min(by: { free[$0] < free[$1] }) else { return (.infinity, .infinity) }
      let start = max(job.submitted, free[slot])
      free[slot] = start + job.duration
      return (start, free[slot])
    }
  }

  /// Expected wait at this position in the queue (from 1) while all slots hold jobs without memory: the sum of `position`
  /// exponentials with mean `remaining/slots`.
  static func memoryless(position: Int, slots: Int, remaining: Double) -> Double {
    Double(position) * remaining / Double(slots)
  }
}
