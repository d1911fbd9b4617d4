// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

public struct BudgetDocument: Codable, Sendable {
  public var at: String
  /// nil: there is no limit.
  public var limit_usd: Double?
  public var spent_usd: Double
  public var reserved_usd: Double
  /// False: what exceeds the limit is warned of, and let pass.
  public var blocks_when_exceeded: Bool
  /// What new jobs may still reserve.
  public var available_usd: Double?
  public var period_ends: String?
  /// Jobs that hold a slot.
  public var active_jobs: Int
  /// What the whole month will come to: spent, running, queued, and still likely to arrive.
  public var projected_month_usd: Band?

  public init(_ view: LiveView) {
    let (spent, reserved) = (view.fleet.spent(at: view.at), view.fleet.reserved(at: view.at))
    at = Wording.stamp(view.at) ?? ""
    limit_usd = view.fleet.budget.limit.map(Wording.dollars)
    spent_usd = Wording.dollars(spent)
    reserved_usd = Wording.dollars(reserved)
    blocks_when_exceeded = view.fleet.budget.blocks
    available_usd = view.fleet.budget.limit.map { Wording.dollars($0 - spent - reserved) }
    active_jobs = view.fleet.slotsInUse
    period_ends = view.fleet.budget.boundaries.first { $0 > view.at }.flatMap(Wording.stamp)
  }
}

/// The limit alone: what two managers may both be about to change.
public struct LimitDocument: Codable, Sendable {
  /// nil: there is none.
  public var limit_usd: Double?

  init(_ view: LiveView) { limit_usd = view.fleet.budget.limit.map(Wording.dollars) }
}

/// A new limit; none: there is no limit any more.
public struct NewLimit: Codable, Sendable {
  public var limit_usd: Double?
  /// Whether what exceeds it is blocked; nil: as before.
  public var blocks_when_exceeded: Bool?
  public var justification: String?
  public init(limit_usd: Double?, blocks_when_exceeded: Bool? = nil, justification: String?) {
    (self.limit_usd, self.blocks_when_exceeded) = (limit_usd, blocks_when_exceeded)
    self.justification = justification
  }
}

/// A part of the budget, and what stands against it.
public struct AllocationDocument: Codable, Sendable, Hashable {
  public var number: Int
  public var name: String
  /// Jobs of any of these clients, or with any of these tags, are charged to it: the first allocation that takes a job.
  public var clients, tags: [String]
  /// Of a budget period; nil: none.
  public var limit_usd: Double?
  public var spent_usd: Double
  public var reserved_usd: Double

  /// What new jobs may still take of it; nil: it has no limit.
  var left: Double? { limit_usd.map { $0 - spent_usd - reserved_usd } }

  init(_ allocation: Catalogue.Allocation, _ view: LiveView) {
    (number, name, clients, tags) = (Int(allocation.number), allocation.name, allocation.clients, allocation.tags)
    let limits = view.fleet.budget.allocations
    let limit = Int(allocation.number) <= limits.count ? limits[Int(allocation.number) - 1] : .max
    limit_usd = limit == .max ? nil : Wording.dollars(limit)
    spent_usd = Wording.dollars(view.fleet.spent(by: allocation.number, at: view.at))
    reserved_usd = Wording.dollars(view.fleet.reserved(for: allocation.number, except: .none, at: view.at))
  }
}

public struct AllocationList: Codable, Sendable { public var allocations: [AllocationDocument] }

/// A part of the budget to be made, or another limit for the one of that name.
public struct NewAllocation: Codable, Sendable {
  public var name: String
  public var clients: [String]?
  public var tags: [String]?
  /// nil: none.
  public var limit_usd: Double?
  public var justification: String
  public init(name: String, clients: [String]?, tags: [String]?, limit_usd: Double?, justification: String) {
    (self.name, self.clients, self.tags) = (name, clients, tags)
    (self.limit_usd, self.justification) = (limit_usd, justification)
  }
}

/// A limit that somebody asks a manager for.
public struct NewApproval: Codable, Sendable {
  public var limit_usd: Double
  public var justification: String
  public init(limit_usd: Double, justification: String) {
    (self.limit_usd, self.justification) = (limit_usd, justification)
  }
}

public struct ApprovalDocument: Codable, Sendable {
  public var number: Int
  /// `pending`, `approved`, `rejected` or `expired`.
  public var status: String
  public var applicant: String
  public var limit_usd: Double
  public var justification: String
  public var expires_at: String
  public var decided_by: String?
  public var remark: String?

  init(_ approval: ApprovalBook.Approval, at now: Instant) {
    let request = approval.request
    let expires = Instant(microseconds: request.expires)
    number = Int(request.number)
    status =
      approval.decision.map { $0.isApproved ? "approved" : "rejected" } ?? (expires <= now ? "expired" : "pending")
    applicant = request.applicant
    limit_usd = Wording.dollars(request.limit)
    justification = request.justification
    expires_at = Wording.stamp(expires) ?? ""
    decided_by = approval.decision?.person
    remark = approval.decision?.remark
  }
}

public struct ApprovalList: Codable, Sendable { public var approvals: [ApprovalDocument] }
