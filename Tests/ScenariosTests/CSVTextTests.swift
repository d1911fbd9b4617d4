import Scenarios
import Testing

@Suite struct CSVTextTests {
  @Test func formulasAreDefusedAndNumbersAreNot() {
    let rows = [
      ["=HYPERLINK(\"x\")", "-5"], ["@SUM(A1)", "1.5"], ["+49 30 1234", "-inf"], ["-1.5e3", ""], ["\tx", "-0.5"],
      ["+x", "\r=1"],
    ]
    let lines = [
      "name,value", "\"'=HYPERLINK(\"\"x\"\")\",-5", "'@SUM(A1),1.5", "'+49 30 1234,'-inf", "-1.5e3,", "'\tx,-0.5",
      "'+x,\"'\r=1\"",
    ]
    #expect(CSVText.table(["name", "value"], rows) == lines.joined(separator: "\n"))
  }

  @Test func cellsAreQuotedAsRFC4180Wants() {
    #expect(
      ["a,b", "say \"hi\"", "two\r\nlines", "", "ü", "a\nb"].map(CSVText.cell)
        == ["\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\r\nlines\"", "", "ü", "\"a\nb\""])
  }
}
