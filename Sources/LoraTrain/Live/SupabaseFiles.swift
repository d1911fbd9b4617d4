import Foundation
import Scenarios
import Transport

/// The training files of a Supabase project: rows of a table, read over PostgREST, and their bytes in a bucket. Nothing is ever written there.
struct SupabaseFiles: Sendable {
  /// One row, as far as it matters here.
  struct Row: Sendable, Hashable {
    var id: String
    var name: String
    /// In the bucket; nil: the row names none.
    var path: String?
  }

  /// `https://PROJECT.supabase.co`, without a slash behind it.
  let address: String
  /// In headers, and nowhere else.
  private let key: String
  let table, bucket: String
  /// Which column says where the bytes are; nil: the first of ``pathColumns`` that a row has.
  let pathColumn: String?
  private let call: @Sendable (HTTPClient.Call) async throws -> HTTPClient.Answer

  static let pathColumns = ["json_file_path", "file_path", "storage_path", "path"]
  private static let nameColumns = ["name", "file_name", "title"]
  private static let rowsAtOnce = 500

  init(
    address: String, key: String, table: String, bucket: String, pathColumn: String? = nil,
    call: @escaping @Sendable (HTTPClient.Call) async throws -> HTTPClient.Answer
  ) {
    self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    (self.key, self.table, self.bucket, self.pathColumn, self.call) = (key, table, bucket, pathColumn, call)
  }

  /// All rows, page by page, until one brings none that is new: a project may hand out fewer at once than it was asked for (`max-rows`), and a
  /// server that pays no heed to where a page begins says the same for ever.
  ///
  /// - Throws: `InputError` that says what Supabase answered, and what to do.
  func rows() async throws -> [Row] {
    var rows: [Row] = []
    var known: Set<String> = []
    while true {
      let path =
        "/rest/v1/\(LiveClient.escaped(table))?select=*&order=id.asc&limit=\(Self.rowsAtOnce)&offset=\(rows.count)"
      let answer = try await get(path, what: "the table \(table)")
      guard let page = (try? JSONSerialization.jsonObject(with: answer.body)) as? [[String: Any]] else {
        throw InputError(
          .unavailable, "\(address) answered something else than rows of \(table)",
          hint: "is this the project's API address, such as https://PROJECT.supabase.co?")
      }
      let new = try page.map(row).filter { known.insert($0.id).inserted }
      guard !new.isEmpty else { return rows }
      rows += new
    }
  }

  private func row(_ fields: [String: Any]) throws(InputError) -> Row {
    func text(_ columns: [String]) -> String? {
      columns.lazy.compactMap { fields[$0] as? String }.first { !$0.isEmpty }
    }
    guard let id = (fields["id"] as? String) ?? (fields["id"] as? NSNumber).map({ "\($0)" }) else {
      throw InputError(
        .unavailable, "a row of \(table) has no id", hint: "the table needs a column id: its primary key")
    }
    return Row(
      id: id, name: text(Self.nameColumns) ?? id, path: text(pathColumn.map { [$0] } ?? Self.pathColumns))
  }

  /// Brings a file's bytes into `file`, which is there already and empty.
  func download(_ path: String, to file: String) async throws {
    // Some keep the bucket's name in the path.
    let own = path.hasPrefix(bucket + "/") ? String(path.dropFirst(bucket.count + 1)) : path
    let escaped = own.split(separator: "/").map { LiveClient.escaped(String($0)) }.joined(separator: "/")
    _ = try await get(
      "/storage/v1/object/\(LiveClient.escaped(bucket))/\(escaped)", what: "the object \(own) of the bucket \(bucket)",
      sink: FilePart(path: file))
  }

  private func get(_ path: String, what: String, sink: FilePart? = nil) async throws -> HTTPClient.Answer {
    var call = HTTPClient.Call(
      "GET", address + path, headers: [("apikey", key), ("Authorization", "Bearer \(key)"), ("Accept", "*/*")])
    call.sink = sink
    let answer: HTTPClient.Answer
    do { answer = try await self.call(call) } catch let failure as HTTPClient.Failure {
      throw InputError(
        .unavailable, "\(address) does not answer: \(failure.reason)", hint: "check the address and the network")
    }
    guard !(200..<300).contains(answer.status) else { return answer }
    // PostgREST says `message`, Storage says `message` or `error`; neither repeats the key.
    let said = (try? JSONSerialization.jsonObject(with: answer.body)) as? [String: Any]
    let words =
      [said?["message"], said?["error"]].compactMap { $0 as? String }.first.map { " (\($0.prefix(300)))" } ?? ""
    switch answer.status {
    case 401, 403:
      throw InputError(
        .badConfiguration, "Supabase does not let this key read \(what)\(words)",
        hint: "SUPABASE_KEY takes a key that may: the service role's, or one that the table's policies let in")
    case 400, 404:
      throw InputError(
        .noInput, "there is no such thing in Supabase: \(what)\(words)",
        hint: "check --table, --bucket and --path-column")
    case 429, 500...:
      throw InputError(
        .tryAgainLater, "Supabase answered \(answer.status) for \(what)\(words)", hint: "try again later")
    default: throw InputError(.unavailable, "Supabase answered \(answer.status) for \(what)\(words)")
    }
  }
}
