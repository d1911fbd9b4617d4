import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Journal
@testable import Live

@Suite struct NoticeFollowerTests {
  /// A month that ends after ten hours.
  private static func follower() throws -> NoticeFollower {
    var policies = Policies()
    policies.budgetLimit = 10_000_000_000
    let boundaries = [Instant.zero + .hours(10), .zero + .hours(20)]
    let opening = JournalOpening(
      store: "s", origin: .sandbox, policyName: "p", policies: policies,
      budget: BudgetState(boundaries: ContiguousArray(boundaries)))
    var follower = NoticeFollower()
    _ = try follower.take(.init(seq: 1, at: .zero, entry: .opening(opening)))
    let job = JobIndex(0)
    let events: [Event] = [
      .jobSubmitted(JobSpec(ordinal: 0, pricing: .spot, steps: 10)), .jobAdmitted(job), .podRequested(job),
      .podGranted(job, hourlyRate: 1_000_000_000),
    ]
    for (i, event) in events.enumerated() {
      _ = try follower.take(.init(seq: Int64(i) + 2, at: .zero, entry: .event(event)))
    }
    return follower
  }

  private static func thresholds(_ drafts: [NoticeFollower.Draft]) -> [Int] {
    drafts.filter { $0.notice.kind == .budgetAlert && $0.audience == .managers }.compactMap(\.notice.facts.threshold)
  }

  @Test func alertsComeAgainInTheNextPeriod() throws {
    var follower = try Self.follower()
    #expect(Self.thresholds(follower.passThresholds(at: .zero + .hours(7))) == [])
    #expect(Self.thresholds(follower.passThresholds(at: .zero + .hours(8))) == [80])
    #expect(Self.thresholds(follower.passThresholds(at: .zero + .hours(9))) == [])
    // Late: the month's last threshold is passed at its end, and belongs to it.
    #expect(Self.thresholds(follower.passThresholds(at: .zero + .hours(12))) == [100])
    let turned = try follower.take(.init(seq: 6, at: .zero + .hours(12), entry: .event(.periodTurned)))
    #expect(Self.thresholds(turned) == [])
    #expect(Self.thresholds(follower.passThresholds(at: .zero + .hours(19))) == [])
    let again = follower.passThresholds(at: .zero + .hours(20))
    #expect(Self.thresholds(again) == [80])
    #expect(again.first?.notice.key == "budget.1.10000000000.80")
  }

  @Test func whatNobodyWouldHearOfGoesToManagers() {
    func heard(_ kind: NoticeKind, by creator: String, refusal: String? = nil, owner: String? = nil) -> Set<String> {
      var (settings, facts) = (NoticeSettings(), NoticeFacts())
      settings.ownerAddress = owner
      facts.refusal = refusal
      let people = [
        Catalogue.Person(name: "dana", role: .engineer), .init(name: "emil", role: .engineer),
        .init(name: "max", role: .manager),
      ]
      let notice = NewNotice(key: "k", at: .zero, kind: kind, facts: facts)
      let draft = NoticeFollower.Draft(notice: notice, audience: .creator(creator), job: JobIndex(0))
      let routing = NoticeRouting(settings: settings, people: people, wishes: [:])
      return Set(routing.targets(of: draft, at: .zero).filter { $0.channel == .banner }.map(\.recipient))
    }
    #expect(heard(.completed, by: "dana") == ["dana"])
    // Somebody who was removed, and the token that nobody reads mails of.
    #expect(heard(.failed, by: "gone") == ["max", "owner"])
    #expect(heard(.failed, by: "owner") == ["max", "owner"])
    #expect(heard(.failed, by: "owner", owner: "ops@example.com") == ["owner"])
    // What a manager alone can let pass, or what waits for an answer.
    #expect(heard(.decisionNeeded, by: "dana") == ["dana", "max", "owner"])
    #expect(heard(.jobBlocked, by: "dana", refusal: "budget") == ["dana", "max", "owner"])
    #expect(heard(.jobBlocked, by: "dana", refusal: "queue full") == ["dana"])
  }

  @Test func whatIsReadAgainHasTheSameKeys() throws {
    var (a, b) = (try Self.follower(), try Self.follower())
    #expect(
      a.passThresholds(at: .zero + .hours(9)).map(\.notice.key)
        == b.passThresholds(at: .zero + .hours(9)).map(\.notice.key))
  }

  @Test func thresholdsAreExactAtAnySize() {
    #expect(
      BudgetThresholds.isPassed(80, spent: 400, limit: 500) && !BudgetThresholds.isPassed(80, spent: 399, limit: 500))
    let large = Int64.max / 2
    #expect(BudgetThresholds.isPassed(100, spent: large, limit: large))
    #expect(!BudgetThresholds.isPassed(100, spent: large - 1, limit: large))
  }

  @Test func quietHoursFollowTheClocksOfTheirZone() {
    var wishes = NoticeWishes()
    (wishes.time_zone, wishes.quiet_hours) = ("Europe/Berlin", .init(from: "22:00", to: "07:00"))
    func at(_ text: String) -> Instant {
      Instant(
        microseconds: Int64(((try? Date(text, strategy: .iso8601)) ?? .distantPast).timeIntervalSince1970) * 1_000_000)
    }
    #expect(wishes.quietUntil(at("2026-07-01T20:30:00Z")) == at("2026-07-02T05:00:00Z"))
    #expect(wishes.quietUntil(at("2026-07-01T19:59:00Z")) == at("2026-07-01T19:59:00Z"))
    #expect(wishes.quietUntil(at("2026-01-01T20:30:00Z")) == at("2026-01-01T20:30:00Z"))
    // The night in which clocks are set forward, and the one in which they are set back.
    #expect(wishes.quietUntil(at("2026-03-28T22:00:00Z")) == at("2026-03-29T05:00:00Z"))
    #expect(wishes.quietUntil(at("2026-10-24T21:00:00Z")) == at("2026-10-25T06:00:00Z"))
    #expect(wishes.lastDigest(before: at("2026-07-01T07:00:00Z")) == at("2026-07-01T06:00:00Z"))
    #expect(wishes.lastDigest(before: at("2026-07-01T05:00:00Z")) == at("2026-06-30T06:00:00Z"))
  }

  @Test func wishesThatMakeNoSenseAreNamed() {
    var wishes = NoticeWishes()
    #expect(wishes.trouble(channels: []) == nil)
    wishes.email.events = ["compleetd"]
    #expect(wishes.trouble(channels: [])?.contains("did you mean completed?") == true)
    wishes = NoticeWishes()
    wishes.time_zone = "Mars/Olympus"
    #expect(wishes.trouble(channels: [])?.contains("Mars") == true)
    wishes = NoticeWishes()
    wishes.quiet_hours = .init(from: "25:00", to: "07:00")
    #expect(wishes.trouble(channels: [])?.contains("25:00") == true)
    wishes = NoticeWishes()
    wishes.slack.channel = "random"
    #expect(wishes.trouble(channels: ["training"])?.contains("there are training") == true)
  }

  @Test func aLinkIsGoodForOnePersonPurposeSubjectAndTime() {
    let keys = WorkerKeys(master: Data(repeating: 3, count: 32))
    let link = NoticeLink(.decide, "job-3", of: "dana", until: 1_000)
    let key = String(link.path(keys).split(separator: "=").last ?? "")
    let now = Instant(microseconds: 999_000_000)
    #expect(link.holds(key, keys, at: now))
    #expect(!link.holds(key, keys, at: now + .seconds(1)))
    for other in [
      NoticeLink(.cancel, "job-3", of: "dana", until: 1_000), NoticeLink(.decide, "job-4", of: "dana", until: 1_000),
      NoticeLink(.decide, "job-3", of: "max", until: 1_000), NoticeLink(.decide, "job-3", of: "dana", until: 2_000),
    ] { #expect(!other.holds(key, keys, at: now), "\(other)") }
    #expect(!link.holds(key, WorkerKeys(master: Data(repeating: 4, count: 32)), at: now))
  }
}
