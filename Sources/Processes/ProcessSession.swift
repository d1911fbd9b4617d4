import Foundation

/// Sessions of processes that outlive this one. Who belongs to which is read from the processes themselves, so a number that the system gives
/// to somebody else is nobody's end.
public enum ProcessSession {
  /// The system did not start it; the code is an `errno`.
  public struct CannotStart: Error { public var code: Int32 }

  /// The variable by which the processes of a pod are known: the pod's own folder.
  public static let mark = "LORA_POD_FOLDER"

  /// Starts a shell script as the leader of a session of its own: output goes to `log` in its folder, and nothing of ours is open in it.
  ///
  /// - Parameters:
  ///   - folder: the pod's own; it is there.
  ///   - environment: all there is; the mark is added.
  public static func start(script: String, in folder: String, environment: [String: String]) throws(CannotStart) {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    closeOurs(in: &actions)
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let newSession: Int32 = 0x80
    posix_spawnattr_setflags(
      &attributes, Int16(Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | newSession))
    let words: [String] = ["/bin/sh", "-c", script]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let settings: [UnsafeMutablePointer<CChar>?] =
      environment.merging([mark: folder]) { $1 }.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [
        nil
      ]
    defer { for text in arguments + settings { free(text) } }
    var process = pid_t()
    let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, settings)
    guard code == 0 else { throw CannotStart(code: code) }
    // We go on a moment before its environment can be read, and until then nobody would know it for one that lives.
    while variables(of: process).isEmpty, waitpid(process, nil, WNOHANG) == 0 { sched_yield() }
    lock.withLock { children.append(process) }
  }

  /// Empty: it has ended, or is only about to begin.
  private static func variables(of process: pid_t) -> Data {
    FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
  }

  /// Whatever we have open, also what another thread opens just now: a pod that held our lock would outlive us with it.
  private static func closeOurs(in actions: inout posix_spawn_file_actions_t) {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in 3...((open.compactMap { Int32($0) }.max() ?? 0) + 64) {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
  }

  /// The processes of every pod below a folder, by the pod's name. O(processes of this machine).
  public static func members(_ folder: URL) -> [String: [pid_t]] {
    let mark = Array("\(mark)=\(folder.path)/".utf8)
    var members: [String: [pid_t]] = [:]
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let process = pid_t(entry) else { continue }
      var known = variables(of: process)
      // One that just becomes another program has no environment for a moment; one that has none at all has no program either, as a rule.
      var tries = 0
      while known.isEmpty, tries < 50, access("/proc/\(process)/exe", F_OK) == 0 {
        sched_yield()
        known = variables(of: process)
        tries += 1
      }
      for variable in known.split(separator: 0) where variable.starts(with: mark) {
        members[String(decoding: variable.dropFirst(mark.count), as: UTF8.self), default: []].append(process)
      }
    }
    return members
  }

  /// Fetches those of our own children that have ended.
  public static func reap() {
    lock.withLock { children.removeAll { waitpid($0, nil, WNOHANG) != 0 } }
  }

  private static let lock = NSLock()
  private nonisolated(unsafe) static var children: [pid_t] = []
}
