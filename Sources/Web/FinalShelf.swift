import DiscreteEvent
import Engine
import Journal
import Live

/// The last losses of jobs that are over, kept in memory: they do not change any more, and statistics over all jobs ask for all of them.
actor FinalShelf {
  private var kept: [Catalogue.Finals?] = []
  private let catalogue: Catalogue

  /// What a worker measured may come this much after its job's end.
  private static let settled = Span.minutes(10)
  /// Read at once: the store's one connection is needed by whoever writes, too.
  private static let batch = 200

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  /// By ordinal; nil for jobs that are not over.
  func finals(_ view: LiveView) throws -> [Catalogue.Finals?] {
    let jobs = view.fleet.jobs
    if kept.count < jobs.count { kept += Array(repeating: nil, count: jobs.count - kept.count) }
    var all = Array(kept.prefix(jobs.count))
    var missing = jobs.indices.filter { all[$0] == nil && jobs[$0].phase.isTerminal }[...]
    while !missing.isEmpty {
      let some = missing.prefix(FinalShelf.batch)
      for (i, finals) in zip(some, try catalogue.finals(of: some.map { JobIndex($0) })) {
        all[i] = finals
        if view.at - jobs[i].ended > FinalShelf.settled { kept[i] = finals }
      }
      missing = missing.dropFirst(some.count)
    }
    return all
  }

  /// One page of jobs, each that is over with its last losses.
  func list(_ query: JobQuery, _ view: LiveView) throws -> JobList {
    var list = try query.answer(view, catalogue, query.sort == "quality" ? try finals(view) : [])
    var missing: [(place: Int, job: JobIndex)] = []
    for i in list.jobs.indices where list.jobs[i].isOver {
      guard let job = view.job(list.jobs[i].id) else { continue }
      let n = Int(job.rawValue)
      list.jobs[i].finals = n < kept.count ? kept[n] : nil
      if list.jobs[i].finals == nil { missing.append((i, job)) }
    }
    for (one, finals) in zip(missing, try catalogue.finals(of: missing.map(\.job))) {
      list.jobs[one.place].finals = finals
    }
    return list
  }
}
