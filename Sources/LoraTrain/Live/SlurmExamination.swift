import Engine
import Foundation
import Scenarios
import Slurm

/// The questions of `doctor` where pods are jobs of a cluster. Nothing is submitted: `sbatch --test-only` says what would become of it.
struct SlurmExamination {
  typealias Finding = Examination.Finding

  let settings: SlurmSettings
  let python: String?

  func findings() async -> [Finding] {
    let programs: SlurmPrograms
    do { programs = try SlurmPrograms() } catch {
      let missing = error as? InputError
      return [
        Finding(check: "Slurm", status: .failed, found: missing?.problem ?? "\(error)", hint: missing?.hint, code: 69)
      ]
    }
    let answer = await programs.run(.sinfo, ["--noheader", "--format=%R|%a|%D"])
    guard answer.code == 0 else {
      return [
        Finding(
          check: "Slurm", status: .failed, found: "its controller does not answer: \(answer.said)",
          hint: "check that slurmctld runs, and SLURM_CONF", code: 69)
      ]
    }
    var findings = [Finding(check: "Slurm", status: .ok, found: "its controller answers")]
    findings.append(await partition(.onDemand, programs))
    if settings.preemptiblePartition == nil {
      findings.append(
        Finding(
          check: "spot", status: .warning, found: "there is no preemptible partition", hint: "jobs run on demand"))
    } else {
      findings.append(await partition(.spot, programs))
    }
    findings.append(worker())
    return findings
  }

  /// Whether a job as serve asks for it would be taken.
  private func partition(_ pricing: Pricing, _ programs: SlurmPrograms) async -> Finding {
    let check = pricing == .spot ? "spot" : "partition"
    let script = URL(fileURLWithPath: NSTemporaryDirectory())
      .appendingPathComponent("lora-train-doctor-\(UUID().uuidString).sh")
    defer { try? FileManager.default.removeItem(at: script) }
    try? Data("#!/bin/sh\n".utf8).write(to: script)
    let answer = await programs.run(
      .sbatch, ["--test-only", "--no-requeue"] + (settings.request(pricing) ?? []) + [script.path])
    let name = (pricing == .spot ? settings.preemptiblePartition : settings.partition) ?? "the default partition"
    guard answer.code == 0 else {
      return Finding(
        check: check, status: .failed, found: "\(name) would not take a job: \(answer.said)",
        hint: "check partition, account and gres in the section slurm of lora-train.yaml", code: 78)
    }
    let rate = Words.dollars(Double(settings.hourlyRate(pricing)) / 1e9)
    return Finding(check: check, status: .ok, found: "\(name) would take a job, at \(rate) an hour in the ledger")
  }

  private func worker() -> Finding {
    guard let python else {
      return Finding(
        check: "worker", status: .warning, found: "there is no Python for it: jobs only play",
        hint: "slurm.worker_python in lora-train.yaml, of an environment that all nodes see")
    }
    let isThere = FileManager.default.isExecutableFile(atPath: python)
    return Finding(
      check: "worker", status: isThere ? .ok : .failed,
      found: isThere ? "\(python) is there; nodes have to see it, too" : "\(python) is no Python that can be run",
      hint: isThere ? nil : "make an environment, and install the worker's requirements into it",
      code: isThere ? nil : 78)
  }
}
