// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// The fleet as the journal had it after one of its rows.
public struct ReplayDocument: Codable, Sendable {
  /// What one steps through: a month's rows, or one job's.
  public struct Range: Codable, Sendable {
    /// `2026-11`; nil where it is a job's.
    public var month: String?
    public var job: String?
    public var first, last: Int
    public var from, until: String
  }

  /// The row, and what is before and after it.
  public struct Row: Codable, Sendable {
    public var seq: Int
    public var at: String
    public var event: String
    /// A sentence for people.
    public var message: String
    /// JSON.
    public var details: String
    public var job: String?
    public var previous, next: Int?
  }

  public struct Fleet: Codable, Sendable {
    public struct Count: Codable, Sendable {
      public var status: String
      public var jobs: Int
    }
    /// How many jobs stood so, in the order of a job's life; those of which there are any.
    public var statuses: [Count]
    public var running, queued, pods: Int
    /// Of the budget's running period.
    public var spent_usd: Double
    /// Since the store began.
    public var spent_in_all_usd: Double
    public var reserved_usd: Double
    /// nil: there was no limit.
    public var limit_usd: Double?
    /// How many jobs were not over; of a job's range, of all jobs.
    public var jobs_not_over: Int
    /// Those that were not over, at most 100, in the order of submission; of a job's range, it alone.
    public var jobs: [Job]
  }

  public struct Job: Codable, Sendable {
    public var id, name, status, pricing: String
    public var steps, durable_step, interruptions: Int
    public var cost_usd: Double
    public var has_pod: Bool
  }

  /// nil: the journal has no row there.
  public var range: Range?
  public var row: Row?
  /// nil: so long a journal is gone through first; ask again in a moment.
  public var fleet: Fleet?
  /// Rows that have been gone through, while that goes on.
  public var rows_read: Int?
}

extension ReplayDocument.Fleet {
  static let mostJobs = 100

  init(_ moment: JournalMoment, _ descriptions: [JobDescription], only: JobIndex?) {
    let fleet = moment.fleet
    // Of a month with 10,000 jobs each is looked at once.
    var counts: [Phase: Int] = [:]
    var shown: [Int] = []
    for i in fleet.jobs.indices {
      let phase = fleet.jobs[i].phase
      counts[phase, default: 0] += 1
      if only.map({ Int($0.rawValue) == i }) ?? !phase.isTerminal { shown.append(i) }
    }
    statuses = Phase.allCases.compactMap { phase in counts[phase].map { Count(status: Wording.snake(phase), jobs: $0) }
    }
    jobs_not_over = counts.reduce(0) { $0 + ($1.key.isTerminal ? 0 : $1.value) }
    let sample = ReplayShelf.Sample(moment)
    (running, queued, pods) = (sample.running, sample.queued, sample.pods)
    spent_usd = Wording.dollars(sample.spent)
    spent_in_all_usd = Wording.dollars(fleet.accrued(at: moment.at))
    reserved_usd = Wording.dollars(fleet.reserved(at: moment.at))
    limit_usd = fleet.budget.limit.map(Wording.dollars)
    jobs = shown.prefix(ReplayDocument.Fleet.mostJobs).map { i in
      let job = fleet.jobs[i]
      // A description is written before its job's first row.
      let text = i < descriptions.count ? descriptions[i] : nil
      return ReplayDocument.Job(
        id: text?.id ?? "job-\(i + 1)", name: text?.name ?? "", status: Wording.snake(job.phase),
        pricing: Wording.snake(job.pricing), steps: Int(job.spec.steps), durable_step: Int(job.durableStep),
        interruptions: Int(job.interruptions), cost_usd: Wording.dollars(job.cost(at: moment.at)),
        has_pod: job.lease.isOpen)
    }
  }
}
