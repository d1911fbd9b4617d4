import DiscreteEvent
import Engine
import Foundation
import Live
import Scenarios
import Testing

@testable import Slurm

@Suite struct SlurmPodsTests {
  // MARK: Creation

  @Test func aPodIsAJobUnderItsName() async throws {
    let cluster = try Cluster()
    let provider = try cluster.provider()
    guard case .created(let pod) = await provider.create(Cluster.request(), Cluster.launch()) else {
      Issue.record("not created: \(cluster.told.all)")
      return
    }
    #expect(pod.id == "7:lt-a1-1-1" && pod.name == "lt-a1-1-1" && pod.status == .waiting)
    #expect(pod.hourlyRate == 4_000_000_000)
    let call = try #require(cluster.calls("sbatch").first)
    for word in [
      "--job-name=lt-a1-1-1", "--comment=lora-train", "--no-requeue", "--dependency=singleton", "--partition=h100",
      "--account=team a", "--gres=gpu:h100:2", "--parsable",
    ] { #expect(call.contains(" " + word + " "), "\(call)") }
    // Where everybody can read it, nothing is secret; where the worker looks, all is as it was.
    #expect(!cluster.text("calls").contains(Cluster.secret))
    #expect(!cluster.text("store.slurm/pod.sh").contains(Cluster.secret))
    let environment = cluster.text("environment")
    for line in [
      "LORA_SECRET=\(Cluster.secret)", "LORA_POD=lt-a1-1-1", "LORA_REPORT=http://login:8088", "LORA_GRACE_S=20",
      "LORA_WORKER=/somewhere/worker.py", "LORA_POD_FOLDER=\(cluster.pods)/lt-a1-1-1",
    ] { #expect(environment.contains(line + "\n"), "\(line) in \(environment)") }
    #expect(environment.contains(#"it's \"a\" $job"#) && !environment.contains("LORA_TRAINING_FILE"))
    let mode = try FileManager.default.attributesOfItem(atPath: cluster.pods)[.posixPermissions] as? Int
    #expect(mode == 0o700)
  }

  @Test func aJobWithATrainingFileIsTrained() async throws {
    let cluster = try Cluster()
    _ = try await cluster.provider().create(Cluster.request(), Cluster.launch(trainingFile: "file-1"))
    let environment = cluster.text("environment")
    #expect(environment.contains("LORA_TRAINING_FILE=/files/file-1\n") && environment.contains("LORA_GRACE_S=20\n"))
  }

  @Test func aNameIsAskedForOnce() async throws {
    let cluster = try Cluster()
    _ = try await cluster.provider().create(Cluster.request(), Cluster.launch())
    // Another process, too.
    #expect(try await cluster.provider().create(Cluster.request(), Cluster.launch()) == .ambiguous)
    #expect(cluster.calls("sbatch").count == 1)
  }

  @Test(arguments: [
    ("sbatch: error: Batch job submission failed: Invalid partition name specified", 1, true),
    ("sbatch: error: Batch job submission failed: Invalid account or account/partition combination", 1, true),
    ("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", 1, false),
    ("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", 1, false),
    ("sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received", 1, false),
    ("Killed", 137, false), ("no number", 0, false),
  ])
  func whatIsInDoubtIsAmbiguous(_ said: String, _ code: Int, _ isRefusal: Bool) async throws {
    let cluster = try Cluster(sbatch: "echo '\(said)' >&2; exit \(code)")
    switch try await cluster.provider().create(Cluster.request(), Cluster.launch()) {
    case .refused(.error, let why): #expect(isRefusal && why?.contains(said) == true)
    case .ambiguous:
      #expect(!isRefusal && cluster.told.all.contains("lt-a1-1-1") && cluster.told.all.contains(said))
    case let answer: Issue.record("\(answer)")
    }
  }

  @Test func withoutAPreemptiblePartitionThereIsNoSpot() async throws {
    let cluster = try Cluster()
    #expect(try cluster.provider().capabilities == [.prices, .spot])
    _ = try await cluster.provider().create(Cluster.request(1, .spot), Cluster.launch())
    #expect(cluster.calls("sbatch").first?.contains("--partition=scavenge ") == true)
    var settings = Cluster.settings
    settings.preemptiblePartition = nil
    let provider = try cluster.provider(settings)
    #expect(provider.capabilities == .prices)
    #expect(await provider.create(Cluster.request(2, .spot), Cluster.launch()) == .refused(.noCapacity))
    #expect(cluster.calls("sbatch").count == 1)
  }

  // MARK: Lists

  @Test(arguments: [
    (Cluster.line("PENDING"), PodObservation.Status.waiting), (Cluster.line("CONFIGURING", start: "1100"), .running),
    (Cluster.line("RUNNING", start: "1100"), .running), (Cluster.line("COMPLETING", start: "1100"), .running),
    (Cluster.line("SUSPENDED", start: "1100"), .running), (Cluster.line("SOMETHING_NEW"), .running),
    (Cluster.line("PREEMPTED", start: "1100", end: "1200", code: 15), .exited(.interrupted)),
    (Cluster.line("CANCELLED", start: "1100", end: "1200", code: 15), .exited(.interrupted)),
    (Cluster.line("TIMEOUT", start: "1100", end: "1200"), .exited(.interrupted)),
    (Cluster.line("NODE_FAIL", start: "1100", end: "1200"), .exited(.hostFailure)),
    (Cluster.line("COMPLETED", start: "1100", end: "1200"), .exited(.lost)),
    (Cluster.line("OUT_OF_MEMORY", start: "1100", end: "1200", code: 9), .exited(.lost)),
    (Cluster.line("FAILED", start: "1100", end: "1200", code: 256), .exited(.lost)),
    // It saved what it had: 75, as the upper byte.
    (Cluster.line("FAILED", start: "1100", end: "1200", code: 19200), .exited(.interrupted)),
    // Back in the queue, and begun anew.
    (Cluster.line("PENDING", restarts: 1), .exited(.interrupted)),
    (Cluster.line("RUNNING", restarts: 1, start: "1300"), .exited(.interrupted)),
    (Cluster.line("REQUEUE_HOLD", start: "1100"), .exited(.interrupted)),
  ])
  func whatSlurmSaysOfAJobIsWhatAPodIs(_ line: String, _ status: PodObservation.Status) async throws {
    let cluster = try Cluster()
    try cluster.queue([line, Cluster.line("RUNNING", number: 8, name: "somebody's job | of this name", start: "5")])
    let pods = try #require(await cluster.provider().list())
    #expect(pods.map(\.status) == [status] && pods.first?.id == "7:lt-a1-1-1")
    #expect(pods.first?.created == Instant(microseconds: 1_000_000_000))
    #expect(cluster.calls("squeue").first?.contains("--user=\(getuid()) ") == true)
  }

  @Test func aJobThatNeverRanIsNoPod() async throws {
    let cluster = try Cluster()
    try cluster.queue([Cluster.line("CANCELLED", start: "1500", end: "1500")])
    #expect(try await cluster.provider().list() == [])
    try cluster.queue([Cluster.line("CANCELLED", start: "N/A", end: "1500")])
    #expect(try await cluster.provider().list() == [])
  }

  @Test(arguments: [
    "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1",
    #"cat "$here/queue"; echo 'cut sho'"#, "kill -9 $$",
  ])
  func anOutageIsNoEmptyList(_ squeue: String) async throws {
    let cluster = try Cluster(squeue: squeue)
    try cluster.queue([Cluster.line("RUNNING", start: "1100")])
    #expect(try await cluster.provider().list() == nil)
  }

  // MARK: Ends

  @Test func aJobIsCancelledByNumberAndName() async throws {
    let cluster = try Cluster()
    try cluster.queue([Cluster.line("RUNNING", start: "1100")])
    let provider = try cluster.provider()
    #expect(await provider.terminate(pod: "7:lt-a1-1-1") == .accepted)
    #expect(cluster.calls("scancel") == ["scancel --name=lt-a1-1-1 7"])
    // Over, but not yet forgotten: it has to be told once, and is in no list afterwards.
    try cluster.queue([Cluster.line("CANCELLED", start: "1100", end: "1200", code: 15)])
    #expect(await provider.list()?.count == 1)
    #expect(await provider.terminate(pod: "7:lt-a1-1-1") == .absent)
    #expect(await provider.list() == [] && cluster.calls("scancel").count == 1)
  }

  /// Numbers begin anew where a cluster has lost its state: whose job that is now is not ours to say.
  @Test func aNumberThatIsSomebodyElsesNowIsLeftAlone() async throws {
    let cluster = try Cluster()
    try cluster.queue([Cluster.line("RUNNING", name: "somebody's", start: "1100")])
    #expect(try await cluster.provider().terminate(pod: "7:lt-a1-1-1") == .absent)
    for id in ["7", "x:lt-a1-1-1", "7:somebody's", ""] {
      #expect(try await cluster.provider().terminate(pod: id) == .absent)
    }
    #expect(cluster.calls("scancel") == [])
  }

  @Test func aTerminationThatIsNotHeardHasFailed() async throws {
    let out = "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1"
    #expect(try await Cluster(squeue: out).provider().terminate(pod: "7:lt-a1-1-1") == .failed)
    let cluster = try Cluster(scancel: "echo 'scancel: error: Unable to contact' >&2; exit 1")
    try cluster.queue([Cluster.line("RUNNING", start: "1100")])
    #expect(try await cluster.provider().terminate(pod: "7:lt-a1-1-1") == .failed)
    let gone = try Cluster(squeue: "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
    #expect(try await gone.provider().terminate(pod: "7:lt-a1-1-1") == .absent)
  }

  // MARK: Bills

  private func cost(_ seconds: Int64) -> Int64 { Ledger.cost(hourlyRate: 4_000_000_000, time: .seconds(seconds)) }

  @Test func aBillIsTheTimeThatANodeWasOurs() async throws {
    let cluster = try Cluster()
    let provider = try cluster.provider()
    for number in 1...4 as ClosedRange<UInt32> {
      _ = await provider.create(Cluster.request(number), Cluster.launch())
    }
    try cluster.write("1100000000", "begin")
    try cluster.queue([Cluster.line("RUNNING", start: "1099")])
    _ = await provider.list()
    #expect(await provider.bills(since: .zero).isEmpty)
    // By its own word; by Slurm's where it had none left; nothing where it never ran.
    try cluster.write("75 1200000000", "end")
    try cluster.queue([
      Cluster.line("FAILED", number: 7, start: "1099", end: "1203", code: 19200),
      Cluster.line("PREEMPTED", number: 8, name: "lt-a1-1-2", start: "1100", end: "1150", code: 9),
      Cluster.line("CANCELLED", number: 9, name: "lt-a1-1-3", start: "1400", end: "1400"),
      Cluster.line("RUNNING", number: 10, name: "lt-a1-1-4", start: "1100"),
    ])
    // (Each answer of this sbatch is 7: what squeue says of a name is what counts where nothing was noted.)
    for name in ["lt-a1-1-2", "lt-a1-1-3", "lt-a1-1-4"] {
      try FileManager.default.removeItem(atPath: "\(cluster.pods)/\(name)/number")
    }
    _ = await provider.list()
    let bills = await provider.bills(since: .zero).sorted { $0.pod.count < $1.pod.count || $0.pod < $1.pod }
    #expect(
      bills == [
        PodBill(pod: "7:lt-a1-1-1", amount: cost(100)), PodBill(pod: "8:lt-a1-1-2", amount: cost(50)),
        PodBill(pod: "9:lt-a1-1-3", amount: 0),
      ])
    #expect(await provider.bills(since: Instant(microseconds: 1_100_000_001)).map(\.pod) == ["9:lt-a1-1-3"])
  }

  /// Killed while nobody looked, and forgotten: billed up to the last it wrote.
  @Test func whatWasForgottenIsBilledAsFarAsIsKnown() async throws {
    let cluster = try Cluster()
    let provider = try cluster.provider()
    _ = await provider.create(Cluster.request(), Cluster.launch())
    try cluster.write("1100000000", "begin")
    try cluster.write("step 1", "log")
    let last = Date(timeIntervalSince1970: 1160)
    try FileManager.default.setAttributes([.modificationDate: last], ofItemAtPath: cluster.pods + "/lt-a1-1-1/log")
    // An outage forgets nothing.
    try cluster.queue(["nonsense"])
    #expect(await provider.list() == nil)
    #expect(await provider.bills(since: .zero).isEmpty)
    try cluster.queue([])
    #expect(await provider.list() == [])
    #expect(await provider.bills(since: .zero) == [PodBill(pod: "7:lt-a1-1-1", amount: cost(60))])
  }

  // MARK: What a node runs

  /// - Returns: the script's exit code.
  private func runScript(_ folder: URL, _ environment: [String: String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", JobFolder.script]
    process.environment = environment.merging(["PATH": "\(folder.path):/usr/bin:/bin", "LORA_POD_FOLDER": folder.path])
    {
      $1
    }
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func aNodeWritesDownWhenItBeganAndEnded() throws {
    let cluster = try Cluster()
    let python = cluster.folder.appendingPathComponent("python3")
    try Data("#!/bin/sh\necho \"$*\" >ran\nexit 75\n".utf8).write(to: python)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python.path)
    #expect(try runScript(cluster.folder, ["LORA_WORKER": "a worker.py"]) == 75)
    #expect(cluster.text("ran") == "-u a worker.py\n" && cluster.text("end").hasPrefix("75 "))
    let pod = JobFolder(url: cluster.folder)
    let (begin, end) = (try #require(pod.begin), try #require(pod.end))
    #expect(begin <= end && end <= LiveTime.machine && LiveTime.machine - begin < .hours(1))
    #expect(
      try runScript(cluster.folder, ["LORA_TRAINING_FILE": "x", "LORA_PYTHON": python.path]) == 75)
    #expect(cluster.text("ran") == "-u -m lora_worker train\n")
  }

  @Test func aJobThatBeginsAnewDoesNothing() throws {
    let cluster = try Cluster()
    #expect(try runScript(cluster.folder, ["SLURM_RESTART_COUNT": "1", "LORA_WORKER": "x"]) == 75)
    #expect(cluster.text("begin").isEmpty && cluster.text("end").isEmpty)
  }
}
