/// The instants at which spot pods were taken back, as `interruptions: {trace: file.csv}` reads them.
enum InterruptionTrace {
  /// The column `at`: since the start, in seconds or with a unit (`90m`, `1h30m`); other columns and the rows' order do not matter.
  ///
  /// - Returns: Seconds, ascending.
  /// - Throws: ``InputError`` with the line and column of what is no time.
  static func read(path: String) throws(InputError) -> [Double] {
    let table = CSVTable(file: path)
    var times: [Double] = []
    try table.forEachRow { header throws(InputError) in
      try table.index(of: "at", in: header)
    } _: { row, at throws(InputError) in
      guard let time = seconds(row[at]) else {
        throw row.wrong(
          at, "a time since the start", hint: "write seconds, or a number with a unit such as 90m or 1h30m")
      }
      times.append(time)
    }
    guard !times.isEmpty else {
      throw InputError(
        .badData, file: path, line: 1, column: 1, "has a header but no rows", hint: "write never instead")
    }
    return times.sorted()
  }

  private static func seconds(_ text: String) -> Double? {
    if let number = NumberText.double(text) { return number >= 0 && number.isFinite ? number : nil }
    return try? DurationText.seconds(text)
  }
}
