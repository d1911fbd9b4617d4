import Calibration
import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Scenarios

@Suite struct CSVTests {
  private static let header =
    "job,preset,pricing,rank,batch_size,gradient_accumulation_steps,epochs,training_pairs,tokens_per_pair,total_steps,"
    + "submitted_at\n"

  private func jobs(_ text: String) throws -> [JobsCSV.Row] {
    let file = try TestFile(text)
    return try withExtendedLifetime(file) { try JobsCSV.read(path: file.path) }
  }

  private func durations(
    _ text: String, _ duration: String = "d", event: String? = nil, entry: String? = nil, upper: String? = nil
  ) throws -> DurationsCSV {
    let file = try TestFile(text)
    return try withExtendedLifetime(file) {
      try DurationsCSV.read(path: file.path, duration: duration, event: event, entry: entry, upper: upper)
    }
  }

  @Test func aHeaderAloneIsNoTableOfJobs() throws {
    let error = #expect(throws: InputError.self) { try jobs(Self.header) }
    #expect(error?.problem == "has a header and no job")
  }

  @Test func readsTheBatchColumnsOfTheInterface() throws {
    let rows = try jobs(
      Self.header + "a,balanced,spot,,,,,2600,3400,,2026-12-01T09:30:00Z\r\n"
        + "\"b, \"\"quoted\"\"\nname\",custom,on_demand,8,4,1,2,100,900.5,77,1796117400000000\n\n"
        + "c,aggressive,spot,,,,,,,500,")
    #expect(rows.map(\.line) == [2, 3, 6])
    #expect(rows[0].configuration == JobConfiguration(preset: .balanced, pricing: .spot))
    #expect(rows[0].submitted == rows[1].submitted)
    #expect(rows[1].job == "b, \"quoted\"\nname")
    #expect(rows[1].configuration.pricing == .onDemand)
    #expect(rows[1].configuration.steps == 77)
    #expect(rows[1].configuration.tokensPerPair == 900.5)
    #expect(rows[2].configuration.steps == 500)
    #expect(rows[2].submitted == nil)
  }

  @Test(
    arguments: [
      ("job,preset\n", "there is no column pricing", 1, 1, "the columns are job, preset"),
      (
        header.replacingOccurrences(of: "pricing", with: "pricng"), "there is no column pricing", 1, 1,
        "did you mean pricng?"
      ),
      (header.replacingOccurrences(of: "epochs", with: "epoch"), "unknown column epoch", 1, 1, "did you mean epochs?"),
      (
        header + "a,balanced,spot,,,,1000000000,1000000000,1,,\n", "steps; 1,000,000,000 are the most", 2, 31,
        "fewer pairs or epochs"
      ),
      (header + "a,balanced,spot,,,,,2600,x,,\n", "tokens_per_pair is “x”, not a number", 2, 26, ""),
      (header + "a,balanced,spot,-1,,,,2600,1,,\n", "rank is “-1”, not a positive whole number", 2, 17, ""),
      (header + "\"ä\nä\",balanced,spt,,,,,2600,1,,\n", "pricing is “spt”", 3, 13, ""),
      (header + "a,balancd,spot,,,,,2600,1,,\n", "preset is “balancd”", 2, 3, "did you mean balanced?"),
      (header + "a,balanced,spot,,,,,,1,,\n", "both empty", 2, 21, ""),
      (header + "a,balanced,spot,,,,,1,1,,tomorrow\n", "submitted_at is “tomorrow”, not a time", 2, 26, "2026-12-01T"),
      (header + "a,balanced,spot\n", "this row has 3 cells, the header has 11", 2, 1, "quotes"),
      (header + "a,\"balanced,spot\n", "this quote is never closed", 2, 3, ""),
      (header + "a,\"balanced\"x,spot\n", "text follows a closing quote", 2, 13, ""),
      ("", "is empty", nil, nil, ""), ("a,a\n", "the column a is there twice", 1, 3, ""),
    ] as [(String, String, Int?, Int?, String)])
  func saysWhereAndWhat(text: String, problem: String, line: Int?, column: Int?, hint: String) {
    expectError(problem, line: line, column: column, hint: hint.isEmpty ? nil : hint) { try jobs(text) }
  }

  @Test func readsColumnsForFitting() throws {
    let csv = try durations(
      "d;e;from;to;note\n1.5;1;0.5;2;x\n2;false;;;\n3e1;yes;1;inf;\n", event: "e", entry: "from", upper: "to")
    #expect(csv.durations == [1.5, 2, 30])
    #expect(csv.events == [true, false, true])
    #expect(csv.entries == [0.5, 0, 1])
    #expect(csv.uppers == [2, 2, .infinity])
    #expect(csv.lines == [2, 3, 4])
    #expect(csv.columns == ["d", "e", "from", "to", "note"])
    #expect(try durations("d\n1\n").events == nil)
  }

  @Test func badColumnsAndCellsOfAFit() {
    expectError("there is no column lifetime", hint: "did you mean lifetime_s? the columns are lifetime_s, e") {
      try durations("lifetime_s,e\n1,2\n", "lifetime")
    }
    expectError("d is “-1”, not a duration", line: 2, column: 1) { try durations("d\n-1\n") }
    expectError("d is “1h”, not a number", line: 3, column: 3) { try durations("e,d\n1,1\n2,1h\n") }
    expectError("d is empty, not a number", line: 2, column: 3) { try durations("e,d\n1,\n") }
    expectError("d is “nan”", line: 2) { try durations("d\nnan\n") }
    expectError("d is “0x10”", line: 2) { try durations("d\n0x10\n") }
    expectError("e is “2”, not 1", line: 2, column: 3) { try durations("d,e\n1,2\n", event: "e") }
    expectError("later than the duration", line: 2, column: 3) { try durations("d,e\n1,2\n", entry: "e") }
    expectError("less than the duration", line: 2, column: 3) { try durations("d,e\n3,2\n", upper: "e") }
    expectError("no rows") { try durations("d\n") }
  }

  @Test func aMillionRowsTakeAboutASecond() throws {
    var text = "lifetime_s,event,zone\n"
    for i in 0..<1_000_000 { text += "\(Double(i) * 1.37),\(i % 2),us-east1-b\n" }
    let file = try TestFile(text)
    var csv = DurationsCSV()
    let took = try ContinuousClock().measure {
      csv = try DurationsCSV.read(path: file.path, duration: "lifetime_s", event: "event")
    }
    print("a million rows of a CSV: \(took)")
    #expect(csv.durations.count == 1_000_000)
    #expect(csv.durations[999_999] == 999_999 * 1.37)
    #expect(csv.lines.last == 1_000_001)
  }

  @Test func timesAndNumbers() {
    #expect(InstantText.instant("1970-01-02")?.microseconds == 86_400_000_000)
    #expect(InstantText.instant("2026-12-01T09:30:00Z")?.microseconds == 1_796_117_400_000_000)
    #expect(InstantText.instant("2026-12-01T10:30:00.000+01:00") == InstantText.instant("2026-12-01 09:30"))
    #expect(InstantText.instant("1796117400") == InstantText.instant("1796117400000000"))
    #expect(InstantText.instant("2000-02-29") != nil)
    #expect(InstantText.instant("\(Int64.min)") == nil)
    for bad in [
      "", "x", "2026-02-29", "2026-13-01", "2026-12-01T", "2026-12-01T25:00", "2026-12-01Zx", "17", "2026-1-1",
    ] {
      #expect(InstantText.instant(bad) == nil, "\(bad)")
    }
    #expect(NumberText.nanodollars("499.99") == 499_990_000_000)
    #expect(NumberText.nanodollars("$2.123456789") == 2_123_456_789)
    #expect(NumberText.nanodollars("-0.5") == -500_000_000)
    for bad in ["", ".", "1.2.3", "1.0000000001", "99999999999", "1e3", "--1", "+"] {
      #expect(NumberText.nanodollars(bad) == nil, "\(bad)")
    }
    #expect(NearestName.of("polices", in: ["policies", "pods"]) == "policies")
    #expect(NearestName.of("xyz", in: ["policies", "pods"]) == nil)
    #expect(NearestName.of("a", in: ["b"]) == nil)
  }
}
