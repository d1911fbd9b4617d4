import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Testing

@testable import Web

/// What the API's document says, and that it is so.
@Suite struct ContractTests {
  @Test func everyRouteIsInTheDocumentAndTheOtherWayRound() throws {
    let routes = try Office().server.routes().routes.filter { $0.path.description.hasPrefix("/api/v1/") }
    let served = Set(routes.map { "\($0.method.rawValue) \($0.path.description.dropFirst("/api/v1/".count))" })
    let said = Set(Endpoint.all.map { "\($0.method.rawValue) \($0.path)" })
    #expect(served.subtracting(said).isEmpty && said.subtracting(served).isEmpty)
    #expect(said.count == Endpoint.all.count && said.count > 40)
  }

  @Test func everyReferenceAndEveryRuleLeadsSomewhere() async throws {
    let answer = try await Office().ask("GET", "/api/v1/openapi.json")
    let document = try answer.value(JSONValue.self)
    #expect(document["openapi"] == "3.1.0" && document == OpenAPI.document)
    let references = answer.text.split(separator: "\"").filter { $0.hasPrefix("#/components/schemas/") }
    #expect(references.count > 50)
    for reference in Set(references) {
      let schema = document["components"]?["schemas"]?[String(reference.dropFirst("#/components/schemas/".count))]
      #expect(schema?["type"] != nil, "\(reference)")
    }
    for (document, fields) in Rules.all {
      for field in fields.keys {
        #expect(Schemas.shared.components[document]?["properties"]?[field] != nil, "\(document).\(field)")
      }
    }
    // Spot checks of what was read off the types.
    let job = try #require(Schemas.shared.components["JobDocument"])
    #expect(job["properties"]?["cost_usd"]?["type"] == "number")
    #expect(job["properties"]?["client"]?["type"] == ["string", "null"])
    #expect(Schemas.shared.components["NewJob"]?["required"] == ["configuration", "name"])
  }

  /// What is answered has the fields that the document says, of the types that it says, and no others.
  @Test func whatIsAnsweredIsWhatIsSaid() async throws {
    let office = try Office(pods: .always)
    for name in ["first job", "second job"] {
      var job = Office.job(name)
      (job.client, job.tags, job.notes, job.max_cost_usd) = ("Acme", ["a"], "text", 100)
      #expect(try await office.ask("POST", "/api/v1/jobs", job).status == 201)
    }
    _ = try await office.ask("POST", "/api/v1/jobs/job-1/notes", NewNote(text: "noted"))
    let entry = NewKnowledge(title: "learnt", category: .experiments, tags: ["a"], content: "text", jobs: ["job-1"])
    #expect(try await office.ask("POST", "/api/v1/knowledge", entry).status == 201)
    #expect(try await office.ask("POST", "/api/v1/jobs/job-1/ratings", RatingTests.answers().1).status == 201)
    _ = try await office.token("emil", .engineer)
    _ = try await office.ask("POST", "/api/v1/approvals", NewApproval(limit_usd: 750, justification: "two runs"))
    var components = Schemas.shared.components
    for (name, schema) in components where schema["properties"] != nil {
      components[name]?["additionalProperties"] = false
    }
    var asked = 0
    for endpoint in Endpoint.all where endpoint.method == .get {
      guard let type = endpoint.answer else { continue }
      let path = endpoint.path.replacing("{id}", with: "job-1").replacing("{number}", with: "1").replacing(
        "{note}", with: "1"
      ).replacing("{suite}", with: RatingTests.suite)
      let query = endpoint.path == "comparison" ? "?jobs=job-1,job-2" : ""
      let answer = try await office.ask("GET", "/api/v1/" + path + query)
      #expect(answer.status == 200, "\(endpoint.path): \(answer.text)")
      try SchemaCheck(components: components).check(
        try answer.value(JSONValue.self), Schemas.shared.schema(of: type), at: "")
      asked += 1
    }
    #expect(asked >= 15)
  }

  /// An empty or absurd parameter is refused or left alone: an empty `job` once ended the process.
  @Test func noParameterBringsItDown() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a good job"))
    // A stream does not end.
    for endpoint in Endpoint.all where endpoint.method == .get && endpoint.path != "stream" {
      let path = endpoint.path.replacing("{id}", with: "job-1").replacing("{number}", with: "1").replacing(
        "{note}", with: "1"
      ).replacing("{suite}", with: RatingTests.suite)
      for parameter in endpoint.query {
        for value in [
          "", "x", "-1", "1e999", "99999999999999999999", "\(Int.max)", "\(Int.min)", "%00",
          String(repeating: "9", count: 400),
        ] {
          let answer = try await office.ask("GET", "/api/v1/\(path)?\(parameter.name)=\(value)")
          #expect(answer.status < 500, "\(path)?\(parameter.name)=\(value.prefix(20)): \(answer.text.prefix(200))")
        }
      }
    }
  }

  /// Pages are counted, and a cursor says where one ends: whatever stands there, it is no sum that overflows.
  @Test func noPageNumberBringsItDown() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a good job"))
    for page in [Int.max, Int.min, 0] {
      for path in ["storage", "training-jobs", "history", "search?q=good", "training-jobs/job-1/events"] {
        let address = "/dashboard/\(path)\(path.contains("?") ? "&" : "?")page=\(page)"
        #expect(try await office.ask("GET", address).status == 200, "\(address)")
      }
    }
    let events = try await office.ask("GET", "/api/v1/jobs/1/events").value(EventList.self).events
    let first = try #require(events.first)
    for equal in [Int.max, Int.min, -1] {
      let cursor = Paging.encoded(
        ["at": .string(first.at), "journal": .integer(first.seq), "equal": .integer(equal)] as JSONValue)
      #expect(try await office.ask("GET", "/api/v1/jobs/1/events?cursor=\(cursor)").status == 200)
    }
  }

  @Test func whatIsSentIsHeldAgainstWhatIsSaid() async throws {
    let office = try Office()
    let good = try JSONEncoder().encode(Office.job("a good job"))
    func post(_ change: (inout [String: Any]) -> Void) async throws -> ProblemDocument {
      var body = try #require(try JSONSerialization.jsonObject(with: good) as? [String: Any])
      change(&body)
      let answer = try await office.ask(
        "POST", "/api/v1/jobs", bytes: try JSONSerialization.data(withJSONObject: body))
      #expect(answer.status == 400, "\(answer.text)")
      return try answer.value(ProblemDocument.self)
    }
    func configure(_ body: inout [String: Any], _ key: String, _ value: Any) {
      var configuration = body["configuration"] as? [String: Any] ?? [:]
      configuration[key] = value
      body["configuration"] = configuration
    }
    #expect(try await post { $0["nmae"] = "misspelt" }.place == "nmae")
    #expect(try await post { $0["name"] = nil }.place == "name")
    #expect(try await post { $0["name"] = 7 }.detail == "'name' has the wrong type")
    #expect(try await post { $0["name"] = "ab" }.detail == "'name' has 3 to 100 characters, not 2")
    #expect(try await post { $0["tags"] = ["a", ""] }.place == "tags[1]")
    #expect(try await post { $0["name"] = "nul \u{0} in it" }.place == "name")
    #expect(try await post { configure(&$0, "epochs", 4_000_000_000_000_000_000) }.place == "configuration.epochs")
    #expect(try await post { configure(&$0, "rank", 1.5) }.place == "configuration.rank")
    #expect(try await post { configure(&$0, "pricing", "free") }.hint?.contains("on_demand") == true)
    for body in ["", "[]", "{", "null", "\"x\"", "{\"name\": \"\\ud800\"}"] {
      #expect(try await office.ask("POST", "/api/v1/jobs", bytes: Data(body.utf8)).status == 400, "\(body)")
    }
  }
}
