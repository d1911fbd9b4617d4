import Foundation
import Testing

/// `lora-train evaluate`, as a person or a script meets it.
@Suite struct EvaluateTests {
  private static let questions =
    (["id,category,difficulty,prompt,A,B,answer"] + (0..<20).map { "q-\($0),taxes,easy,Question \($0)?,yes,no,A" })
    .joined(separator: "\n")

  /// What a pod would have written: the base has all right, the trained model all but `lost`.
  private func answers(_ suite: URL, lost: Int) throws -> URL {
    let exported = try CommandLineTool.json(["evaluate", "export", suite.path])
    let digest = try #require(exported["digest"] as? String)
    var lines = [#"{"format":"lora-train-answers","version":1,"suite":"s","digest":"\#(digest)","job":"job-1"}"#]
    for i in 0..<20 {
      lines.append(#"{"item":"q-\#(i)","model":"base","answer":"A"}"#)
      lines.append(#"{"item":"q-\#(i)","model":"trained","answer":"\#(i < lost ? "B" : "A")"}"#)
    }
    return try Scratch.file(lines.joined(separator: "\n"), "jsonl")
  }

  @Test func suitesAreListedAndChecked() throws {
    let run = try CommandLineTool.run(["evaluate", "suites"])
    #expect(run.code == 0 && run.output.contains("financial-knowledge"), "\(run.errors)")
    let suite = try Scratch.file(Self.questions, "csv")
    let checked = try CommandLineTool.run(["evaluate", "check", suite.path])
    #expect(checked.code == 0 && checked.output.contains("20 questions"), "\(checked.output)")
    let broken = try Scratch.file(
      Self.questions.replacingOccurrences(of: "Question 3?,yes,no,A", with: "Question 3?,yes,no,C"), "csv")
    let refused = try CommandLineTool.run(["evaluate", "check", broken.path])
    #expect(refused.code == 65 && refused.errors.contains("\(broken.path):5:"), "\(refused.errors)")
    #expect(refused.errors.contains("answer is “C”, not one of A, B"))
    let unknown = try CommandLineTool.run(["evaluate", "check", "emotional-inteligence"])
    #expect(unknown.code == 66 && unknown.errors.contains("did you mean emotional-intelligence?"), "\(unknown.errors)")
  }

  @Test func aModelThatForgotIsBlocked() throws {
    let suite = try Scratch.file(Self.questions, "csv")
    let (good, bad) = (try answers(suite, lost: 0), try answers(suite, lost: 5))
    let passed = try CommandLineTool.run(["evaluate", "score", suite.path, "--answers", good.path, "--gate"])
    #expect(
      passed.code == 0 && passed.output.contains("✓ Passed") && passed.output.contains("Delivery: allowed"), "\(passed)"
    )
    let kept = try Scratch.file("", "json")
    let blocked = try CommandLineTool.run([
      "evaluate", "score", suite.path, "--answers", bad.path, "--gate", "--output", kept.path,
    ])
    #expect(
      blocked.code == 1 && blocked.output.contains("✗ Failed") && blocked.output.contains("BLOCKED"), "\(blocked)")
    #expect(blocked.output.contains("Lost: q-0, q-1, q-2, q-3, q-4"))
    let shown = try CommandLineTool.json(["evaluate", "show", kept.path, "--json"])
    #expect((shown["gate"] as? [String: Any])?["verdict"] as? String == "block")
    let other = try Scratch.file(Self.questions.replacingOccurrences(of: "Question 3?", with: "Question three?"), "csv")
    let stale = try CommandLineTool.run(["evaluate", "score", other.path, "--answers", bad.path])
    #expect(stale.code == 65 && stale.errors.contains("\(bad.path):1:1"), "\(stale.errors)")
  }

  @Test func whatIsMissingIsSaid() throws {
    let suite = try Scratch.file(Self.questions, "csv")
    #expect(try CommandLineTool.run(["evaluate", "score"]).code == 64)
    #expect(try CommandLineTool.run(["evaluate", "score", suite.path]).code == 64)
    let answers = try answers(suite, lost: 0)
    let judged = try CommandLineTool.run([
      "evaluate", "judge", suite.path, "--answers", answers.path, "--verdicts", "v", "--endpoint",
      "https://judge.invalid/v1",
      "--model", "m",
    ])
    #expect(judged.code == 64 && judged.errors.contains("nothing to judge"), "\(judged.errors)")
    let evaluation = try Scratch.file(#"{"overall": {}}"#, "json")
    let old = try CommandLineTool.run(["evaluate", "score", "--perplexity", evaluation.path])
    #expect(old.code == 65 && old.errors.contains("no losses of held-out conversations"), "\(old.errors)")
  }

  /// `job show 7` shows job-7: so it is with results.
  @Test(arguments: [["1"], ["job-1"]]) func aJobIsCalledByItsNumberToo(_ job: [String]) throws {
    let server = try ScriptedServer { _ in
      .init(body: #"{"job": "job-1", "may_be_delivered": true, "suites": [], "documents": []}"#)
    }
    let store = try Scratch.file("")
    try Data(server.address.utf8).write(to: URL(fileURLWithPath: store.path + ".address"))
    let suite = try Scratch.file(Self.questions, "csv")
    let kept = try Scratch.file("", "json")
    let command = [
      "evaluate", "score", suite.path, "--answers", try answers(suite, lost: 0).path, "--output", kept.path,
    ]
    let environment = ["LORA_TRAIN_STORE": store.path, "LORA_TRAIN_TOKEN": "any"]
    // As the pod's answers say whose they are, and as the command line does.
    for more in [[], ["--job"] + job] {
      #expect(try CommandLineTool.run(command + more).code == 0)
      let run = try CommandLineTool.run(["evaluate", "submit"] + job + [kept.path], environment: environment)
      #expect(run.code == 0, "\(run.errors)")
    }
    let status = try CommandLineTool.run(["evaluate", "status"] + job, environment: environment)
    #expect(status.code == 0 && status.output.hasPrefix("job-1 was not validated"), "\(status)")
    let asked = server.asked.withLock { $0 }
    #expect(Set(asked) == ["POST /api/v1/jobs/job-1/validation", "GET /api/v1/jobs/job-1/validation"], "\(asked)")
    let other = try CommandLineTool.run(["evaluate", "submit", "2", kept.path], environment: environment)
    #expect(other.code == 65 && other.errors.contains("is about job-1, not about job-2"), "\(other.errors)")
  }
}
