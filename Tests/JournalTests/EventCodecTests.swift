import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Journal

@Suite struct EventCodecTests {
  /// One event of every kind and, where its payload has words, one of every word.
  static let events: [Event] = {
    let j = JobIndex(7)
    let spec = JobSpec(
      ordinal: 3, pricing: .onDemand, steps: 1950, allocation: 2, reservation: 44_000_000_000, maxCost: .max - 1,
      retryOf: 1)
    var events: [Event] = [
      .jobDrafted(spec), .jobSubmitted(JobSpec(ordinal: .max - 1, pricing: .spot, steps: .max)), .jobConfirmed(j),
      .cancelRequested(j), .pauseRequested(j), .resumeRequested(j), .jobPromoted(j), .budgetOverridden(j),
      .budgetLimitChanged(nil), .budgetLimitChanged(.max), .podGranted(j, hourlyRate: 2_490_000_000),
      .checkpointsSaved(j, step: 100, keptThrough: Instant(microseconds: -5), blocked: .seconds(30)), .podGone(j),
      .deadlinePassed(j), .periodTurned, .billAdjusted(j, .min), .storageCharged(j, 5), .jobAdmitted(j),
      .podRequested(j),
      .retryScheduled(j, at: .distantFuture), .switchedToOnDemand(j),
      .allocationLimitChanged(1, nil), .allocationLimitChanged(.max, 5), .budgetGateChanged(blocks: true),
      .budgetGateChanged(blocks: false), .pausedJobRepriced(j, .onDemand, reservation: 7),
    ]
    events += Stage.allCases.map { .stageFinished(j, $0) }
    events += Fallback.allCases.map { .decisionAnswered(j, $0) }
    for failure in Failure.allCases {
      events += [.workerFailed(j, failure), .stopOrdered(j, failure), .jobFailed(j, failure)]
    }
    events += [Unavailability.noCapacity, .timeout, .region, .error].map { .podUnavailable(j, $0) }
    events += [LossKind.interrupted, .hostFailure, .lost].map {
      .podInterrupted(j, $0, stoppedAt: .zero, billedUntil: Instant(microseconds: 9))
    }
    events += [Question.interruptions, .recoveries, .provisioning].map {
      .decisionRequested(j, $0, until: Instant(microseconds: 1))
    }
    events += [Refusal.none, .budget, .allocation, .queueFull].map { .jobBlocked(j, $0) }
    return events
  }()

  @Test func everyEventReadsBackAsItWas() throws {
    #expect(Set(Self.events.map(\.kind)) == Set(EventKind.allCases))
    for event in Self.events {
      let row = EventCodec.row(event)
      #expect(!row.kind.contains("?") && !row.payload.contains("?"), "\(row)")
      #expect(try EventCodec.event(row.kind, row.payload) == event, "\(row)")
    }
  }

  @Test func theOpeningReadsBackAsItWas() throws {
    var other = Policies()
    other.maxConcurrent = .max
    other.maxQueued = 7
    other.provisioningRetryEvery = .seconds(1)
    other.provisioningGiveUpAfter = .seconds(2)
    other.afterProvisioning = .keepTrying
    other.maxInterruptions = .max
    other.afterInterruptions = .fail
    other.maxFailedRecoveries = 4
    other.afterRecoveries = .onDemand
    other.answerDeadline = .seconds(3)
    other.afterSilence = .keepTrying
    other.budgetLimit = 5
    other.budgetPeriod = .rolling30Days
    other.progressDeadline = .days(2)
    for policies in [Policies(), other] {
      let budget = BudgetState(boundaries: [.zero, Instant(microseconds: 9)])
      let opening = JournalOpening(store: "s", origin: .sandbox, policyName: "p", policies: policies, budget: budget)
      let row = try JournalEntry.opening(opening).row(seq: 1, at: 0)
      #expect(try JournalEntry(row) == .opening(opening), "\(row.payload)")
    }
  }

  @Test(arguments: [
    StoreNote.podNamed(.init(request: 1, pod: "a \"pod\" \\ with ünusual\nletters")),
    .reportHeard(.init(request: .max, sequence: .max)), .billReceived(.init(request: 7, pod: "p", amount: .min)),
    .epochBegan(.init(epoch: 2, home: "/somewhere")), .epochConfirmed(.init(epoch: 2, home: "")),
  ])
  func everyNoteReadsBackAsItWas(_ note: StoreNote) throws {
    let row = try JournalEntry.noted(note).row(seq: 2, at: 0)
    #expect(try JournalEntry(row) == .noted(note), "\(row.payload)")
  }

  /// What a payload may be, and what it may not: the reader takes what the writer writes.
  @Test(arguments: [
    ("{}", true), (#"{"a":1}"#, true), (#"{"a":-9223372036854775808,"b":"c"}"#, true), ("", false), ("{", false),
    (#"{"a"}"#, false), (#"{"a":}"#, false), (#"{"a":1"#, false), (#"{"a":1,}"#, false), (#"{"a":1}x"#, false),
    (#"{"a":1.5}"#, false), (#"{"a":9223372036854775808}"#, false), (#"{"a":"b\"c"}"#, false), (#"{"a":[1]}"#, false),
    (#"{"a":true}"#, false), (#"{"a:1}"#, false), ("[]", false), (#"{"a":"b}"#, false), (#"{"a":+1}"#, true),
  ])
  func aPayloadIsWhatTheWriterWrites(_ text: String, _ reads: Bool) {
    #expect(((try? EventPayload(text)) != nil) == reads)
  }

  /// The format is frozen: what was written once must read for ever, so these rows do not change with the code.
  @Test func theFormatIsFrozen() throws {
    let text = Self.events.map { EventCodec.row($0) }.map { "\($0.kind) \($0.payload)" }.joined(separator: "\n") + "\n"
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures/events-1.txt")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil { try Data(text.utf8).write(to: url) }
    #expect(text == (try String(contentsOf: url, encoding: .utf8)))
  }
}
