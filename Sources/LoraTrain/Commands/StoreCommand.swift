import ArgumentParser
import Foundation
import Journal
import Scenarios
import Web

/// What is done to a store as a whole.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Backs a store up, checks it, and makes its history anew from its journal.",
    discussion: """
      EXAMPLE
        lora-train store backup team.journal /backup/team-2026-11-24.journal
        lora-train store check /backup/team-2026-11-24.journal
      """,
    subcommands: [Backup.self, Check.self, Rebuild.self, Confirm.self])

  struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup", abstract: "Copies a store while it is in use, and checks the copy.",
      discussion: "EXAMPLE\n  lora-train store backup team.journal /backup/team.journal")

    @Argument(help: "The store.") var store: String
    @Argument(help: "The copy; no such file may be there yet.") var copy: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try StoreBackup.make(of: store, to: copy)
      // A backup that nobody has read is a hope.
      let replay = try JournalReplay.read(path: copy)
      if output.json {
        output.emit(ReplayText.document(replay, journal: copy, policy: nil))
      } else {
        print(
          "\(copy): \(Words.group(replay.rows)) rows, read back; to restore, stop lora-train, delete STORE-wal and STORE-shm where they are, and "
            + "put it in the store's place."
        )
      }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract:
        "Reads every row: the file, the chain of digests, the engine's states, and the history that follows from them.",
      discussion: "EXAMPLE\n  lora-train store check team.journal")

    @Argument(help: "The store.") var store: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try StoreBackup.checkFile(store)
      let replay = try JournalReplay.read(path: store)
      let stale = try StoreBackup.staleTables(of: store)
      if output.json {
        var document = ReplayText.fields(replay, journal: store, policy: nil)
        document.append(("stale_tables", .array(stale.map { .string($0) })))
        output.emit(.object(document))
      } else {
        print(ReplayText.text(replay, journal: store, policy: nil))
      }
      guard stale.isEmpty else {
        throw InputError(
          .badData, file: store, "the history (\(stale.joined(separator: ", "))) is not what follows from the journal",
          hint: "the journal is whole: lora-train store rebuild \(store)")
      }
      if !output.json { print("The history is what follows from the journal.") }
    }
  }

  struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rebuild", abstract: "Makes the history anew from the journal.",
      discussion: "EXAMPLE\n  lora-train store rebuild team.journal")

    @Argument(help: "The store.") var store: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let opened = try EventStore.open(path: store)
      try opened.rebuildHistory()
      try opened.close()
      output.answer(
        .object([("store", .string(store)), ("rebuilt", .bool(true))]),
        "\(store): the history is made anew from the journal.")
    }
  }

  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "confirm",
      abstract: "Says that a store that was restored, copied or moved is the one that lives; until then it only looks.",
      discussion: "EXAMPLE\n  lora-train store confirm --store team.store")

    @OptionGroup var live: LiveOptions

    func run() async throws {
      let health: HealthDocument = try await live.client.post("/api/v1/store/confirm")
      try live.answer(health, "\(live.store.path): epoch \(health.epoch) is the one that lives.")
    }
  }
}
