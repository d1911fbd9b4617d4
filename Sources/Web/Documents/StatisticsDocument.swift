// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// How a number of jobs went. All figures are of those that are over; means of nothing are nil.
public struct JobFigures: Codable, Sendable, Hashable {
  /// That are over.
  public var jobs: Int
  public var completed, failed, cancelled: Int
  /// Completed ones among those that completed or failed: what somebody cancelled tells nothing of a configuration. The same everywhere.
  public var success_rate: Double?
  public var total_cost_usd: Double
  public var mean_cost_usd: Double?
  /// From the slot to the end, of all.
  public var training_s: Double
  /// Of the completed ones.
  public var mean_duration_s: Double?
  /// The validation loss that was measured last, of the completed ones that have one.
  public var mean_final_loss: Double?
}

/// How jobs went: in all, by month, and by whoever made them (stories 5.2.1 and 8.1.1).
public struct StatisticsDocument: Codable, Sendable {
  public struct Month: Codable, Sendable, Hashable {
    /// `2026-11`, in UTC: the one in which the jobs ended.
    public var month: String
    public var figures: JobFigures
  }

  public struct Member: Codable, Sendable, Hashable {
    public var person: String
    /// That were made, over or not.
    public var created: Int
    public var figures: JobFigures
  }

  /// Who did best; nil where nobody has enough jobs to say.
  public struct Leaders: Codable, Sendable, Hashable {
    /// The most completed jobs.
    public var most_productive: String?
    /// The least mean cost of a job, of those with at least three completed jobs.
    public var most_cost_efficient: String?
    /// The least mean final loss, of those with at least three completed jobs.
    public var highest_quality: String?
  }

  public var figures: JobFigures
  /// The oldest first; months without a job in between are there.
  public var months: [Month]
  /// Those with the most jobs first.
  public var people: [Member]
  public var leaders: Leaders

  /// - Parameters:
  ///   - jobs: those that are counted; of those that are not over, only that they were made.
  ///   - finals: by ordinal.
  init(_ jobs: some Sequence<JobIndex>, _ view: LiveView, _ finals: [Catalogue.Finals?]) {
    var all = JobTally()
    var months: [Int: JobTally] = [:]
    var people: [String: (created: Int, tally: JobTally)] = [:]
    for index in jobs {
      let i = Int(index.rawValue)
      // What trains nothing says nothing of training.
      guard view.descriptions[i].examines == nil else { continue }
      let job = view.fleet.jobs[i]
      people[view.descriptions[i].creator ?? "", default: (0, JobTally())].created += 1
      guard job.phase.isTerminal else { continue }
      let final = i < finals.count ? finals[i] : nil
      all.add(job, final)
      months[MonthNumber.of(job.ended), default: JobTally()].add(job, final)
      people[view.descriptions[i].creator ?? "", default: (0, JobTally())].tally.add(job, final)
    }
    figures = all.figures
    self.months = MonthNumber.filled(months)
    self.people = people.map { Member(person: $0.key, created: $0.value.created, figures: $0.value.tally.figures) }
      .sorted { ($1.created, $0.person) < ($0.created, $1.person) }
    leaders = Leaders(self.people)
  }
}

extension StatisticsDocument.Leaders {
  /// With fewer completed jobs nobody is said to be better than others.
  static let fewest = 3

  init(_ people: [StatisticsDocument.Member]) {
    let known = people.filter { !$0.person.isEmpty }
    let enough = known.filter { $0.figures.completed >= Self.fewest }
    func least(_ value: (JobFigures) -> Double?) -> String? {
      enough.compactMap { member in value(member.figures).map { ($0, member.person) } }.min { $0 < $1 }?.1
    }
    most_productive =
      known.filter { $0.figures.completed > 0 }
      .min { ($1.figures.completed, $0.person) < ($0.figures.completed, $1.person) }?.person
    most_cost_efficient = least(\.mean_cost_usd)
    highest_quality = least(\.mean_final_loss)
  }
}
