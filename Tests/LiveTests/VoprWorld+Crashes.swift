import DiscreteEvent
import GRDB

@testable import Journal
@testable import Live

/// Processes that end, and those that follow them: on the store that was left, or on a backup.
extension VoprWorld {
  /// - Parameter states: what may be found by the next process: more than one only where the last step has failed on its way to the disk.
  func crash(_ current: Coordinator, _ states: [Digest], _ how: String) throws {
    say("crash \(how)")
    if let disk {
      let isCut = weather.uniform() < 0.5
      // What a connection does when it goes is not done by a process that is no more: it took the next one's log away.
      disk.halt()
      try? current.store.close()
      disk.restart(cut: isCut ? { [self] in weather.uniform() } : nil)
    } else if isDiskFull {
      // Whoever starts it again has made room.
      try limitPages(current, 1_073_741_823)
    }
    isDiskFull = false
    left = (current.store, current.settings, states)
    inbox.removeAll()
    tickets.removeAll()
    downSince = now
    let restores = backup != nil && chance(faults.restore)
    schedule(.restart(fromBackup: restores), in: chance(0.2) ? between(.zero, .hours(3)) : between(.zero, .minutes(2)))
  }

  func restart(_ fromBackup: Bool) throws {
    guard let left else { return }
    process += 1
    bootOffset = between(.zero, .hours(100))
    if let since = downSince { downtime += now - since }
    downSince = nil
    calmSince = now
    capped.removeAll()
    if fromBackup, let copy = backup {
      say("restart from a backup")
      wasRestored = true
      isUnconfirmed = true
      home += "+"
      coordinator = try open(EventStore(try restored(copy), file: "the restored journal"), left.settings)
      backup = nil
      ghost = nil
      schedule(.confirm, in: between(.minutes(1), .hours(1)))
    } else {
      say("restart")
      let store = try disk.map { EventStore(try $0.connect(), file: $0.name) } ?? left.store
      let current = try open(store, left.settings)
      guard left.states.contains(current.fleet.stateDigest) else {
        throw failure("a restart is not what was there before")
      }
      if left.states.first != current.fleet.stateDigest { stepsKept += 1 }
      coordinator = current
    }
    try scheduleWake()
  }

  func keepBackup() throws {
    guard let current = coordinator, faults.restore > 0 else { return }
    func copy() throws -> DatabaseQueue {
      let copy = try DatabaseQueue(configuration: StoreSchema.configuration)
      try current.store.queue.backup(to: copy)
      return copy
    }
    backup = try copy()
    guard current.isConfirmed else { return }
    let coordinator = try Coordinator.open(
      EventStore(try copy(), file: "a copy elsewhere"), home: home + " elsewhere", at: reading,
      settings: current.settings)
    ghost = (coordinator, 0)
  }

  /// A backup where the store was: on a new disk, if there is one.
  private func restored(_ copy: DatabaseQueue) throws -> DatabaseQueue {
    guard let old = disk else { return copy }
    for (fault, n) in old.met { metOnDisk[fault, default: 0] += n }
    let new = FragileDisk(old.name + "+")
    old.remove()
    disk = new
    let queue = try new.connect()
    try copy.backup(to: queue)
    return queue
  }

  /// How often which fault of a disk was met.
  var diskFaults: [FragileDisk.Fault: Int] {
    metOnDisk.merging(disk?.met ?? [:]) { $0 + $1 }
  }

  /// A new process. What it makes of a snapshot is what it would make of every row.
  private func open(_ store: EventStore, _ settings: LiveSettings) throws -> Coordinator {
    // One start in ten: to read all rows twice more takes most of a world's time.
    if moments.uniform() < 0.1 {
      let (quick, memory) = try store.reopened(following: CoordinatorMemory.self)
      let (slow, whole) = try store.reopened(following: CoordinatorMemory.self, usesSnapshot: false)
      guard memory == whole, quick.fleet.stateDigest == slow.fleet.stateDigest else {
        throw failure("a start from the snapshot after row \(quick.memory.snapshot) is no replay")
      }
      if quick.memory.snapshot > 0 { quickStarts += 1 }
    }
    return try Coordinator.open(store, home: home, at: reading, settings: settings)
  }

  /// A full disk: SQLite itself refuses to grow the database.
  func limitPages(_ coordinator: Coordinator, _ pages: Int) throws {
    try coordinator.store.queue.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
  }
}
