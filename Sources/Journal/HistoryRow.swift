import Calibration
import DiscreteEvent
import Foundation
import GRDB
import Scenarios

/// One row of a history table, read by column index; a cell of the wrong kind is an error that names table, row and column.
struct HistoryRow {
  let row: Row
  let table: HistoryTable
  let file: String

  /// Counts and identifying numbers beyond this are mistakes, and would overflow in arithmetic.
  static let largestCount: Int64 = 1_000_000_000_000
  /// The year 9999, in microseconds.
  static let latest: Int64 = 253_402_300_800_000_000

  private func value(_ column: Int) -> DatabaseValue { row[column] }

  /// How a person finds this row: its primary key.
  var name: String {
    let key = table.key.map { column in
      let cell = value(column)
      switch cell.storage {
      case .string(let text): return text
      case .int64(let number): return String(number)
      case .double(let number): return String(number)
      case .null, .blob: return "?"
      }
    }
    return key.joined(separator: "/")
  }

  func error(_ problem: String, hint: String? = nil) -> InputError {
    InputError(.badData, file: file, "table \(table.name), row \(name): \(problem)", hint: hint)
  }

  private func wrong(_ column: Int, _ wanted: String) -> InputError {
    let found: String
    switch value(column).storage {
    case .null: found = "NULL"
    case .int64(let number): found = String(number)
    case .double(let number): found = String(number)
    case .string(let text): found = "“\(text.prefix(40))”"
    case .blob: found = "a blob"
    }
    return error("\(table.columns[column]) is \(found), not \(wanted)")
  }

  func textOrNil(_ column: Int) throws -> String? {
    switch value(column).storage {
    case .null: return nil
    case .string(let text): return text
    default: throw wrong(column, "text")
    }
  }

  func text(_ column: Int) throws -> String {
    guard let text = try textOrNil(column) else { throw wrong(column, "text") }
    return text
  }

  func integerOrNil(_ column: Int) throws -> Int64? {
    switch value(column).storage {
    case .null: return nil
    case .int64(let number): return number
    default: throw wrong(column, "a whole number")
    }
  }

  func integer(_ column: Int) throws -> Int64 {
    guard let number = try integerOrNil(column) else { throw wrong(column, "a whole number") }
    return number
  }

  func real(_ column: Int) throws -> Double {
    switch value(column).storage {
    case .double(let number) where number.isFinite: return number
    case .int64(let number): return Double(number)
    default: throw wrong(column, "a number")
    }
  }

  /// A whole number from `least` up.
  func count(_ column: Int, from least: Int64 = 0) throws -> Int {
    let number = try integer(column)
    guard number >= least, number <= Self.largestCount else {
      throw wrong(column, least == 0 ? "a count (0 or more)" : "a positive whole number")
    }
    return Int(number)
  }

  func countOrNil(_ column: Int) throws -> Int? {
    guard let number = try integerOrNil(column) else { return nil }
    guard number >= 0, number <= Self.largestCount else { throw wrong(column, "a count (0 or more)") }
    return Int(number)
  }

  func instantOrNil(_ column: Int) throws -> Instant? {
    guard let number = try integerOrNil(column) else { return nil }
    guard number >= -Self.latest, number <= Self.latest else {
      throw wrong(column, "a time in microseconds since 1970-01-01 (it is outside the years -6000 … 9999)")
    }
    return Instant(microseconds: number)
  }

  func instant(_ column: Int) throws -> Instant {
    guard let instant = try instantOrNil(column) else { throw wrong(column, "a time in microseconds since 1970-01-01") }
    return instant
  }

  /// The case of an enumeration that a column's text names.
  func oneOf<Value: RawRepresentable>(_ column: Int, _ type: Value.Type, _ known: [String]) throws -> Value
  where Value.RawValue == String {
    guard let value = Value(rawValue: try text(column)) else {
      throw wrong(column, "one of \(known.joined(separator: ", "))")
    }
    return value
  }

  func oneOfOrNil<Value: RawRepresentable>(_ column: Int, _ type: Value.Type, _ known: [String]) throws -> Value?
  where Value.RawValue == String {
    guard let text = try textOrNil(column) else { return nil }
    guard let value = Value(rawValue: text) else { throw wrong(column, "one of \(known.joined(separator: ", "))") }
    return value
  }

  func oneOf(_ column: Int, _ known: [String]) throws -> String {
    let text = try text(column)
    guard known.contains(text) else { throw wrong(column, "one of \(known.joined(separator: ", "))") }
    return text
  }

  /// The index of the row that a reference names.
  func reference(_ column: Int, to other: String, in index: [String: Int]) throws -> Int {
    let id = try text(column)
    guard let found = index[id] else {
      throw error(
        "\(table.columns[column]) is “\(id)”, but table \(other) has no such row",
        hint: "PRAGMA foreign_key_check lists all of them")
    }
    return found
  }

  /// Requires that `to`, of column `later`, is not before `from`; where one of them is open there is nothing to hold
  /// against it. The values are given, for a cell costs more to read than to compare.
  func ordered(_ earlier: Int, _ from: Instant?, _ later: Int, _ to: Instant?) throws {
    guard let from, let to, to < from else { return }
    throw error(
      "\(table.columns[later]) (\(Self.written(to))) is before \(table.columns[earlier]) (\(Self.written(from)))",
      hint: "correct the row, or delete it with all that refers to it")
  }

  /// Requires that what happened to a job is not before its submission.
  func follows(_ column: Int, _ at: Instant, _ job: History.Job) throws {
    guard at < job.submitted else { return }
    throw error(
      "\(table.columns[column]) (\(Self.written(at))) is before its job \(job.id) was submitted (\(Self.written(job.submitted)))",
      hint: "correct the row, or delete it with all that refers to it")
  }

  static func written(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1_000_000).formatted(.iso8601)
  }
}
