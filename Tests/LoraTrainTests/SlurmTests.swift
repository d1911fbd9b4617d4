import Foundation
import Testing

/// `simulate --engine slurm` against stand-ins for Slurm's programs; `.ci/test-slurm` does the same with a real cluster.
@Suite struct SlurmTests {
  /// A folder with the stand-ins, in which the tool is run.
  struct Cluster {
    let folder: URL
    var question: [String] {
      ["simulate", CommandLineTool.root.appendingPathComponent("scenarios/spot.yaml").path, "--replications", "100"]
    }

    /// - Parameters:
    ///   - task: what the array's task `$t` of the `$n`-th submission does.
    ///   - squeue: what squeue does.
    init(
      task: String = #"sh "$script" >"$folder/$t.log" 2>&1"#, submitted: String = "echo \"$n;here\"",
      squeue: String = "true"
    )
      throws
    {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent("lora train's \(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try program(
        "sbatch",
        """
        for a; do case $a in --array=*) tasks=${a#--array=};; esac; script=$a; done
        folder=$(dirname "$script")
        echo "sbatch $*" >>calls
        n=$(grep -c ^sbatch calls)
        for t in $(echo $tasks | tr , ' '); do export SLURM_ARRAY_TASK_ID=$t; \(task); done
        \(submitted)
        """)
      try program("squeue", "echo \"squeue $*\" >>calls\n\(squeue)")
      try program("scancel", "echo \"scancel $*\" >>calls")
    }

    private func program(_ name: String, _ text: String) throws {
      let file = folder.appendingPathComponent(name)
      try Data("#!/bin/sh\n\(text)\n".utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    func run(_ arguments: [String], of question: [String]? = nil) throws -> CommandLineTool.Run {
      try CommandLineTool.run(
        (question ?? self.question) + ["--engine", "slurm"] + arguments, in: folder,
        environment: ["PATH": "\(folder.path):/usr/bin:/bin"])
    }

    var calls: [String] {
      let text = try? String(contentsOf: folder.appendingPathComponent("calls"), encoding: .utf8)
      return (text ?? "").split(separator: "\n").map(String.init)
    }
    var submissions: [String] { calls.filter { $0.hasPrefix("sbatch") } }
    /// What a run leaves behind.
    var remains: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter {
        $0.hasPrefix("lora-train-slurm")
      }
    }
  }

  @Test func answersAsALocalRun() throws {
    let cluster = try Cluster()
    let local = try CommandLineTool.run(cluster.question, in: cluster.folder)
    for shards in [[], ["--shards", "1"], ["--shards", "3"], ["--shards", "40"]] {
      let run = try cluster.run(shards)
      #expect(run.code == 0 && run.output == local.output, "\(run.errors)")
    }
    #expect(cluster.remains.isEmpty)
    #expect(cluster.submissions[2].contains("--parsable --array=1,2,3 "))
    #expect(!cluster.calls.contains { $0.hasPrefix("scancel") })
  }

  @Test func tasksSpreadTruthsAsALocalRunDoes() throws {
    let cluster = try Cluster()
    let model = ["simulate", CommandLineTool.root.appendingPathComponent("scenarios/budget-pressure.yaml").path]
    let question = model + ["--replications", "20", "--sampling", "sobol"]
    let run = try cluster.run(["--shards", "2"], of: question)
    let local = try CommandLineTool.run(question, in: cluster.folder)
    #expect(run.code == 0 && run.output == local.output, "\(run.errors)")
  }

  @Test(arguments: [
    // Never started; killed while writing; somebody else's result.
    #"[ $n$t = 12 ] || sh "$script""#, #"sh "$script"; [ $n$t != 12 ] || truncate -s 1000 "$folder/2.json""#,
    #"sh "$script"; [ $n$t != 12 ] || cp "$folder/1.json" "$folder/2.json""#,
  ])
  func runsAgainWhatHasNoWholeResult(_ task: String) throws {
    let cluster = try Cluster(task: task)
    let run = try cluster.run(["--shards", "3"])
    #expect(run.code == 0 && run.errors.contains("1 shard again: no result yet of 2"), "\(run.errors)")
    #expect(run.output == (try CommandLineTool.run(cluster.question, in: cluster.folder)).output)
    #expect(cluster.submissions.count == 2 && cluster.submissions[1].contains("--array=2 "))
  }

  @Test func waitsWhileSlurmStillHasThem() throws {
    // The task runs only once squeue has been asked twice.
    let cluster = try Cluster(
      task: #"echo "$script" >waiting"#,
      squeue: """
        [ "$(grep -c ^squeue calls)" -ge 2 ] || { echo 1; exit; }
        folder=$(dirname "$(cat waiting)"); SLURM_ARRAY_TASK_ID=1 sh "$(cat waiting)"
        """)
    let run = try cluster.run(["--shards", "1"])
    #expect(run.code == 0 && cluster.submissions.count == 1, "\(run.errors)")
  }

  @Test func aControllerThatCannotBeAskedJustNowIsAskedAgain() throws {
    let cluster = try Cluster(
      task: #"echo "$script" >waiting"#,
      squeue: """
        [ "$(grep -c ^squeue calls)" -ge 2 ] || { echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; }
        SLURM_ARRAY_TASK_ID=1 sh "$(cat waiting)"; echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1
        """)
    let run = try cluster.run(["--shards", "1"])
    #expect(run.code == 0 && cluster.submissions.count == 1, "\(run.errors)")
  }

  @Test func givesUpAfterThreeMoreAndSaysWhatTheTaskSaid() throws {
    let cluster = try Cluster(task: #"[ $t = 2 ] && echo no room >"$folder/2.log" || sh "$script""#)
    let run = try cluster.run(["--shards", "3"])
    #expect(run.code == 69 && run.output.isEmpty && cluster.submissions.count == 4)
    for word in ["no result of shard 2 after 4 runs", "no room", "hint: "] {
      #expect(run.errors.contains(word), "\(run.errors)")
    }
    #expect(cluster.remains.count == 1)
  }

  @Test func anInterruptCancelsTheArray() throws {
    let cluster = try Cluster(task: "true", squeue: "echo 1; kill -INT $PPID")
    let run = try cluster.run(["--shards", "1"])
    #expect(run.code == 130 && run.output.isEmpty, "\(run.errors)")
    #expect(cluster.calls.last?.hasPrefix("scancel --name=lora-train-slurm-") == true)
    #expect(cluster.remains.isEmpty)
  }

  @Test func withoutSlurmThereIsAWayOut() throws {
    let cluster = try Cluster()
    let run = try CommandLineTool.run(
      cluster.question + ["--engine", "slurm"], in: cluster.folder, environment: ["PATH": "/nowhere"])
    #expect(run.code == 69 && run.errors.contains("sbatch") && run.errors.contains("--shard i/n"), "\(run.errors)")
    let refused = try Cluster(task: "true", submitted: "echo 'error: invalid partition' >&2; exit 1").run([])
    #expect(refused.code == 69 && refused.errors.contains("invalid partition") && refused.errors.contains("sinfo"))
  }

  @Test func usageIsChecked() throws {
    for (arguments, word) in [
      (["--shards", "2"], "--engine slurm"), (["--engine", "slurm", "--shards", "0"], "--shards"),
      (["--engine", "cloud"], "slurm"), (["--engine", "slurm", "--shard", "1/2"], "--shard"),
      (["--engine", "slurm", "--precision", "1%"], "--replications"),
      (["--engine", "slurm", "--trace", "x"], "--trace"),
    ] {
      let run = try CommandLineTool.run(["simulate", "scenarios/spot.yaml"] + arguments)
      #expect(run.code == 64 && run.errors.contains(word), "\(arguments): \(run.errors)")
    }
  }
}
