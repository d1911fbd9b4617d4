import Engine

/// Where on a cluster pods come from, and what an hour of them is entered with.
public struct SlurmSettings: Hashable, Sendable {
  /// nil: the cluster's default.
  public var partition: String?
  /// Whose jobs may be taken back by Slurm: what spot pods are; nil: there are none.
  public var preemptiblePartition: String?
  public var account: String?
  /// What a pod is given, as `sbatch --gres` has it: `gpu:h100:1`; nil: nothing.
  public var gres: String?
  /// Nanodollars an hour of one GPU.
  public var onDemandRate: Int64
  public var spotRate: Int64

  public init(onDemandRate: Int64, spotRate: Int64) {
    self.onDemandRate = onDemandRate
    self.spotRate = spotRate
  }

  /// GPUs of one pod: the number at the end of ``gres``, else one.
  public var gpus: Int64 { gres?.split(separator: ":").last.flatMap { Int64($0) } ?? 1 }

  /// Nanodollars an hour of one pod.
  public func hourlyRate(_ pricing: Pricing) -> Int64 { gpus * (pricing == .spot ? spotRate : onDemandRate) }

  /// What `sbatch` is asked for, the job's own matters apart; nil: such pods are not to be had.
  public func request(_ pricing: Pricing) -> [String]? {
    if pricing == .spot, preemptiblePartition == nil { return nil }
    let partition = pricing == .spot ? preemptiblePartition : partition
    return ["--ntasks=1"] + (partition.map { ["--partition=\($0)"] } ?? [])
      + (account.map { ["--account=\($0)"] } ?? []) + (gres.map { ["--gres=\($0)"] } ?? [])
  }
}
