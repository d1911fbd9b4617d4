import Scenarios
import Testing

@testable import Slurm

@Suite struct SlurmProgramsTests {
  @Test func withoutSlurmThereIsAWayOut() throws {
    let error = #expect(throws: InputError.self) { try SlurmPrograms(path: "/nowhere") }
    #expect(error?.kind == .unavailable && error?.description.contains("sbatch") == true)
    #expect(error?.hint?.contains("slurm-client") == true)
  }

  @Test func whatDoesNotEndIsEnded() async throws {
    let cluster = try Cluster(squeue: "exec sleep 600")
    let answer = try await SlurmPrograms(path: cluster.folder.path).run(.squeue, [], within: .milliseconds(50))
    #expect(answer.code == nil && answer.said == "no answer in time")
  }

  @Test func aTimeThatIsNoneIsNoQueuesEntry() {
    #expect(QueueEntry("7|RUNNING|0|1790000000|1790000060|0|0|gpu|lt-a-1-1") != nil)
    for time in ["1790000000000000", "-5", "9223372036854775807"] {
      #expect(QueueEntry("7|RUNNING|0|\(time)|1790000060|0|0|gpu|lt-a-1-1") == nil, "\(time)")
    }
  }

  @Test func anArgumentIsOneWordWhateverIsInIt() async throws {
    let cluster = try Cluster(squeue: #"for word; do echo "<$word>"; done; echo wrong >&2; exit 3"#)
    let answer = try await SlurmPrograms(path: cluster.folder.path).run(.squeue, ["a b", "$(id)", "'\"", "", "*"])
    #expect(answer.code == 3 && answer.output == "<a b>\n<$(id)>\n<'\">\n<>\n<*>\n" && answer.errors == "wrong\n")
    #expect(answer.said.hasPrefix("wrong; <a b>"))
  }

  /// More than a pipe holds, on both.
  @Test func whoSaysMuchIsHeardToTheEnd() async throws {
    let cluster = try Cluster(squeue: "seq 30000 >&2; seq 30000")
    let answer = try await SlurmPrograms(path: cluster.folder.path).run(.squeue, [])
    #expect(answer.code == 0 && answer.output == answer.errors && answer.output.hasSuffix("\n30000\n"))
  }

  @Test(arguments: [(nil, 1), ("gpu:h100:4", 4), ("gpu:2", 2), ("gpu:h100", 1), ("gpu", 1)] as [(String?, Int64)])
  func aPodCostsWhatItsGPUsCost(_ gres: String?, _ gpus: Int64) {
    var settings = SlurmSettings(onDemandRate: 3, spotRate: 2)
    settings.gres = gres
    #expect(settings.hourlyRate(.onDemand) == 3 * gpus && settings.hourlyRate(.spot) == 2 * gpus)
  }
}
