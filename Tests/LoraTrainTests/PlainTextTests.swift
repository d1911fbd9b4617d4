import Foundation
import Testing

@testable import LoraTrain

/// Names come from files and from other people: what moves a terminal's cursor or forges a line is shown, not sent.
@Suite struct PlainTextTests {
  @Test func controlsAreShown() {
    #expect(PlainText.line("a\u{1B}[31mb\r\n\t\u{7F}\u{9B}\u{202E}") == "a\\x1b[31mb\\r\\n\\t\\x7f\\x9b\\u202e")
    #expect(PlainText.lines("a\n\tb\rc") == "a\n\tb\\rc")
    #expect(PlainText.line("Grüße – 8 in 10 … 👩🏽‍🔬 ⌈x⌉") == "Grüße – 8 in 10 … 👩🏽‍🔬 ⌈x⌉")
  }

  @Test func cellsOfATableStayInTheirRow() {
    var table = Table(header: ["name", "cost"])
    table.rows = [["one\ntwo\u{1B}[2J", "$1"]]
    let lines = table.text.split(separator: "\n")
    #expect(lines.count == 3 && lines[2] == "  one\\ntwo\\x1b[2J    $1", "\(table.text)")
  }

  static let jobs =
    "job,preset,pricing,training_pairs,tokens_per_pair\n\"\u{1B}[31mred\nforged: $0.01\",balanced,spot,100,3400\n"

  @Test func aJobsNameIsShownToPeopleAndKeptForPrograms() throws {
    let file = try Scratch.file(Self.jobs, "csv")
    let command = ["estimate", "--batch", file.path, "--replications", "50"]
    let text = try CommandLineTool.run(command)
    #expect(text.code == 0 && text.output.hasPrefix("\\x1b[31mred\\nforged: $0.01: $"), "\(text.output)")
    #expect(!text.output.contains("\u{1B}"))
    let json = try CommandLineTool.run(command + ["--json"])
    let answer = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(answer?["job"] as? String == "\u{1B}[31mred\nforged: $0.01")
  }

  @Test(arguments: [
    (["estimate", "--batch", "no\u{1B}[2Jsuch\nfile.csv"], "error: no\\x1b[2Jsuch\\nfile.csv: no such file"),
    (["estimate", "--pres\u{1B}et", "x"], "--pres\\x1bet"), (["estimate", "--preset", "\u{1B}x"], "not '\\x1bx'"),
    (["forecast", "--add", "no\u{1B}such.csv"], "no\\x1bsuch.csv"),
  ]) func errorsShowThem(_ arguments: [String], _ words: String) throws {
    let run = try CommandLineTool.run(arguments)
    #expect(run.code != 0 && run.errors.contains(words) && !run.errors.contains("\u{1B}"), "\(run.errors)")
  }

  @Test func whatStandsInAFileIsShownInItsError() throws {
    let file = try Scratch.file(Self.jobs.replacing("balanced", with: "balan\u{1B}[31mced"), "csv")
    let run = try CommandLineTool.run(["estimate", "--batch", file.path])
    #expect(
      run.code == 65 && run.errors.contains("balan\\x1b[31mced") && !run.errors.contains("\u{1B}"), "\(run.errors)")
  }
}
