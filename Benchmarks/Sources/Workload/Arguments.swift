import Foundation

/// `Workload W C N SEED REPS [THREADS]`.
struct Arguments {
  enum Workload: String, CaseIterable {
    case mm1
    case mmc
    case kernel = "mmc-kernel"
    case lora
    case independent = "lora-independent"
    case month
    case hold
    case cancel = "hold-cancel"
  }

  var workload: Workload
  /// Servers or slots; pending events of `hold`.
  var c: Int
  /// Customers, jobs, replications or holds.
  var n: Int
  var seed: UInt64
  var repetitions: Int
  var threads: Int

  /// Reads the command line, or says how it should be and exits with 64.
  static func read(_ words: [String]) -> Arguments {
    guard (5...6).contains(words.count), let workload = Workload(rawValue: words[0]), let c = Int(words[1]), c >= 1,
      let n = Int(words[2]), n >= 1, let seed = UInt64(words[3]), let repetitions = Int(words[4]), repetitions >= 1,
      let threads = words.count == 6 ? Int(words[5]) : 1, threads >= 1
    else {
      let names = Workload.allCases.map(\.rawValue).joined(separator: "|")
      FileHandle.standardError.write(Data("usage: Workload \(names) C N SEED REPS [THREADS]\n".utf8))
      exit(64)
    }
    return Arguments(workload: workload, c: c, n: n, seed: seed, repetitions: repetitions, threads: threads)
  }
}
