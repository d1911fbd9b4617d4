import Crypto
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// Objects of pods that have no key of the object store's.
@Suite struct UploadTests {
  private let pod = PodName(store: "office", epoch: 1, request: 1)

  private func ask(_ office: Office, _ question: [String: Any]) async throws -> (status: Int, document: [String: Any]) {
    let text = String(decoding: try JSONSerialization.data(withJSONObject: question), as: UTF8.self)
    let answer = try await office.say(pod, "/uploads", text)
    return (answer.status, (try? JSONSerialization.jsonObject(with: answer.body)) as? [String: Any] ?? [:])
  }

  private func path(_ link: Any?) -> String { String((link as? String ?? "").dropFirst("http://127.0.0.1:1".count)) }

  @Test func aPodPutsItsPartsByLinkAndReadsThemBack() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("First job")).status == 201)
    let size = Int(ObjectUpload.partBytes(of: 1))
    let data = Data(repeating: 3, count: size) + Data("the end".utf8)
    let content: [String: Any] = [
      "name": "job-1/checkpoints/\(pod)/checkpoint-step-000100.pt", "bytes": data.count,
      "sha256": SHA256.hash(data: data).hex,
    ]
    func with(_ more: [String: Any]) -> [String: Any] { content.merging(more) { $1 } }
    var begun = try await ask(office, with(["action": "begin"])).document
    let links = try #require(begun["links"] as? [String: String])
    #expect(links.count == 2 && begun["part_bytes"] as? Int == size)
    let first = try await office.ask("PUT", path(links["1"]), token: nil, bytes: data.prefix(size))
    #expect(first.status == 200)
    // One link is good for one part of one upload.
    #expect(
      try await office.ask("PUT", path(links["2"]).replacing("/2?", with: "/1?"), token: nil, bytes: data).status == 404
    )
    let complete = with(["action": "complete", "upload": begun["upload"] ?? "", "parts": [Any]()])
    #expect(try await ask(office, complete).status == 404)
    begun = try await ask(office, with(["action": "begin"])).document
    #expect((begun["done"] as? [[String: Any]])?.map { $0["number"] as? Int } == [1])
    #expect(try await office.ask("PUT", path(links["2"]), token: nil, bytes: data.suffix(7)).status == 200)
    #expect(try await ask(office, complete).status == 200)
    let read = try await ask(office, ["action": "link", "name": content["name"] ?? ""]).document
    #expect(try await office.ask("GET", path(read["link"]), token: nil).body == data)
    #expect(
      try await office.ask("GET", path(read["link"]).replacing("000100", with: "000200"), token: nil).status == 404)
    let names = try await ask(office, ["action": "list", "name": "job-1/checkpoints/"]).document["names"] as? [String]
    #expect(names == [content["name"] as? String ?? "?"])
    #expect(try await ask(office, ["action": "delete", "name": content["name"] ?? ""]).status == 200)
    #expect(try await ask(office, ["action": "link", "name": content["name"] ?? ""]).status == 404)
  }

  @Test func aPodReachesItsOwnJobOnly() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("First job")).status == 201)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("Second job")).status == 201)
    for name in ["job-2/adapters/a", "job-10/a", "../store", "job-1"] {
      for action in ["begin", "link", "list", "delete", "complete"] {
        let status = try await ask(office, ["action": action, "name": name, "bytes": 1, "sha256": "0"]).status
        #expect(status == 403, "\(action) \(name)")
      }
    }
    #expect(try await ask(office, ["action": "delete", "name": "job-1/adapters/a"]).status == 403)
    #expect(
      try await ask(office, ["action": "begin", "name": "job-1/../../x", "bytes": 1, "sha256": "0"]).status == 422)
    // One that works for nobody is told so.
    let late = PodName(store: "office", epoch: 1, request: 9)
    let answer = try await office.say(late, "/uploads", #"{"action":"list","name":"job-1/"}"#)
    #expect(answer.text.contains("leave"))
  }
}
