import Engine
import Foundation
import Scenarios
import Testing

@testable import Journal

/// Journals that earlier versions wrote, committed as they were. What they say of the past never changes: neither by a new format nor by
/// a new engine.
@Suite struct GoldenJournalTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  private func copy(_ name: String) throws -> String {
    let fixture = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "sqlite"))
    let path = folder.path(name)
    try FileManager.default.copyItem(at: fixture, to: URL(fileURLWithPath: path))
    return path
  }

  @Test func format1Replays() throws {
    let path = try copy("journal-1")
    let replay = try JournalReplay.read(path: path)
    #expect(replay.rows == 35 && replay.statesChecked + replay.statesSkipped == 1)
    #expect(replay.opening.policies.maxConcurrent == 1 && replay.opening.policies.maxFailedRecoveries == .max)
    #expect(replay.opening.policies.afterInterruptions == .onDemand && replay.opening.policies.afterSilence == .fail)
    #expect(replay.opening.policies.answerDeadline == .hours(24) && replay.opening.policies.budgetLimit == nil)
    // The money of the past, to the nanodollar.
    #expect(replay.fleet.ledger.payable == 70_524_209_589 && replay.fleet.ledger.isBalanced)
    // It also opens for writing, and what is appended has the new format.
    let store = try EventStore.open(path: path)
    try store.append([(replay.until, .event(.budgetLimitChanged(1)))], notesState: true)
    try store.close()
    #expect(try JournalReplay.read(path: path).rows == replay.rows + 1)
    try EventStore.open(path: path).rebuildHistory()
    #expect(try StoreBackup.staleTables(of: path) == [])
  }

  @Test func anAlteredOneFailsByItsRow() throws {
    let path = try copy("journal-1-altered")
    let error = #expect(throws: InputError.self) { try JournalReplay.read(path: path) }
    #expect(error?.description.contains("row 6 of the journal was changed after it was written") == true)
  }
}
