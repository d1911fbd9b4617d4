import Foundation
import Journal
import Scenarios
import Synchronization
import Testing
import Transport

@testable import LoraTrain

/// Training files from a Supabase project, which is a server on loopback that says what it is told to.
@Suite struct FileSyncTests {
  private func scripted(
    _ answers: @escaping @Sendable (_ path: String, _ key: String?) -> (Int, String)
  ) throws -> ScriptedServer {
    try ScriptedServer {
      let (status, body) = answers($0.path, $0.headers["apikey"])
      return .init(status: status, body: body)
    }
  }

  private func files(_ server: ScriptedServer, key: String = "the-key", _ column: String? = nil) -> SupabaseFiles {
    let http = HTTPClient(connections: 1)
    return SupabaseFiles(
      address: server.address + "/", key: key, table: "training_files", bucket: "training-files", pathColumn: column,
      call: { try await http.send($0) })
  }

  private static func record(_ id: String, name: String) throws -> Catalogue.FileRecord {
    try JSONDecoder().decode(
      Catalogue.FileRecord.self,
      from: Data(
        """
        {"id": "\(id)", "name": "\(name)", "sha256": "1", "bytes": 1, "conversations": 60, "pairs": 500, "training_pairs": 400,
         "tokens_per_pair": 1000, "human_reviewed": 0, "scaffolding": {"personas": {}, "emotional_arcs": {}, "topics": {}},
         "warnings": [], "added_at": "", "added_by": "owner"}
        """.utf8))
  }

  @Test func whatIsThereIsBroughtOnceAndNothingIsWritten() async throws {
    let server = try scripted { path, key in
      guard key == "the-key" else { return (401, #"{"message":"Invalid API key"}"#) }
      if path.hasPrefix("/rest/v1/training_files?select=*") {
        return (
          200,
          #"""
          [{"id":"a1","name":"Elena / v2","json_file_path":"u1/a b.json"}, {"id":7,"file_name":"again","json_file_path":"training-files/u1/a b.json"},
           {"id":"c3","name":"unsound","json_file_path":"bad.json"}, {"id":"d4","name":"pathless"}, {"id":"e5","name":"gone","json_file_path":"gone.json"}]
          """#
        )
      }
      if path == "/storage/v1/object/training-files/u1/a%20b.json" { return (200, "the bytes") }
      if path == "/storage/v1/object/training-files/bad.json" { return (200, "{") }
      return (404, #"{"statusCode":"404","error":"not_found","message":"Object not found"}"#)
    }
    var sent: [String] = []
    let outcomes = try await FileSyncCommand.sync(files(server), known: []) { name, path in
      let text = try String(contentsOfFile: path, encoding: .utf8)
      sent.append("\(name): \(text)")
      guard text != "{" else { throw InputError(.badData, "unsound:1:2: malformed JSON") }
      return try Self.record("file-1", name: name)
    }
    #expect(sent == ["Elena - v2: the bytes", "again: the bytes", "unsound: {"])
    #expect(outcomes.map(\.state) == ["added", "present", "refused", "refused", "refused"])
    #expect(outcomes.map(\.id) == ["a1", "7", "c3", "d4", "e5"])
    #expect(outcomes[2].problem?.contains("malformed JSON") == true)
    #expect(outcomes[3].problem?.contains("--path-column") == true)
    #expect(outcomes[4].problem?.contains("Object not found") == true)
    #expect(server.asked.withLock { $0.allSatisfy { $0.hasPrefix("GET ") } && !$0.isEmpty })
    // The store has it by now: it is not added again.
    let again = try await FileSyncCommand.sync(files(server), known: ["file-1"]) { name, _ in
      try Self.record("file-1", name: name)
    }
    #expect(again.prefix(2).map(\.state) == ["present", "present"])
  }

  @Test func badAnswersAreExplainedAndTheKeyIsInNone() async throws {
    let server = try scripted { path, key in
      switch key {
      case "wrong": (401, #"{"message":"Invalid API key","hint":"…"}"#)
      case "late": (503, "")
      case "strange": (200, "<html>")
      default: (404, #"{"code":"PGRST205","message":"Could not find the table 'public.training_files'"}"#)
      }
    }
    for (key, kind, words) in [
      ("wrong", InputError.Kind.badConfiguration, "Invalid API key"), ("late", .tryAgainLater, "503"),
      ("strange", .unavailable, "something else than rows"), ("none", .noInput, "Could not find the table"),
    ] {
      let error = await #expect(throws: InputError.self) { _ = try await files(server, key: key).rows() }
      #expect(error?.kind == kind && error?.problem.contains(words) == true, "\(key): \(error?.problem ?? "")")
    }
    let error = await #expect(throws: InputError.self) {
      _ = try await SupabaseFiles(
        address: "http://127.0.0.1:9", key: "a-secret", table: "t", bucket: "b",
        call: { try await HTTPClient(connections: 1).send($0) }
      ).rows()
    }
    #expect(error?.kind == .unavailable && error?.description.contains("a-secret") == false)
  }

  @Test func aThousandRowsComeInPages() async throws {
    let server = try scripted { path, _ in
      let offset = path.split(separator: "offset=").last.flatMap { Int($0) } ?? 0
      let rows = (offset..<min(offset + 500, 1_000)).map { #"{"id":\#($0),"name":"n\#($0)","where":"p\#($0)"}"# }
      return (200, "[\(rows.joined(separator: ","))]")
    }
    let rows = try await files(server, "where").rows()
    #expect(rows.count == 1_000 && rows.last == .init(id: "999", name: "n999", path: "p999"))
    #expect(server.asked.withLock(\.count) == 3)
  }

  /// PostgREST's `max-rows`: a page is short long before the table's end.
  @Test func aProjectThatHandsOutFewerAtOnceIsReadToItsEnd() async throws {
    let server = try scripted { path, _ in
      let offset = path.split(separator: "offset=").last.flatMap { Int($0) } ?? 0
      let rows = (offset..<min(offset + 100, 1_050)).map { #"{"id":\#($0),"name":"n\#($0)","path":"p\#($0)"}"# }
      return (200, "[\(rows.joined(separator: ","))]")
    }
    let rows = try await files(server).rows()
    #expect(rows.map(\.id) == (0..<1_050).map(String.init))
    // Eleven pages, and one that is empty.
    #expect(server.asked.withLock(\.count) == 12)
  }

  @Test func aServerThatPaysNoHeedToTheOffsetIsNotAskedForEver() async throws {
    for count in [3, 500] {
      let server = try scripted { path, _ in
        (200, "[\((0..<count).map { #"{"id":"\#($0)","name":"n","path":"p"}"# }.joined(separator: ","))]")
      }
      #expect(try await files(server).rows().count == count)
      #expect(server.asked.withLock(\.count) == 2)
    }
  }

  @Test func aTableWithoutIdsIsRefused() async throws {
    let server = try scripted { _, _ in (200, #"[{"name":"n","path":"p"}]"#) }
    let error = await #expect(throws: InputError.self) { _ = try await files(server).rows() }
    #expect(error?.problem == "a row of training_files has no id")
  }

  @Test func aKeyGoesOutInNoClear() async throws {
    func refusal(_ address: String) async throws -> InputError? {
      let command = try FileSyncCommand.parse(["--url", address, "--key-file", "/nonexistent/key"])
      return await #expect(throws: InputError.self) { try await command.run() }
    }
    for address in [
      "http://project.supabase.co", "http://localhost@evil.example", "http://127.0.0.1@evil.example/",
      "http://localhost:80@evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
      "http://127.0.0.1evil", "ftp://localhost", "localhost:8000", "http:evil",
    ] {
      #expect(try await refusal(address)?.problem == "the key would go out in the clear", "\(address)")
    }
    // These pass, and are asked for the key.
    for address in ["https://project.supabase.co", "http://127.0.0.1:9", "http://localhost:54321/"] {
      #expect(try await refusal(address)?.problem.contains("in the clear") == false, "\(address)")
    }
  }
}
