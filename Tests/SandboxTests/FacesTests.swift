import DiscreteEvent
import Foundation
import Testing

@testable import Sandbox

/// REST v2 and GraphQL without the wire.
@Suite struct FacesTests {
  private func rest(_ method: String, _ path: String, _ body: String = "", _ cloud: inout SandboxCloud) -> SandboxAnswer
  {
    RESTFace.serve(SandboxRequest(method, path, body: Data(body.utf8)), &cloud).0
  }

  private func cloud() -> SandboxCloud {
    SandboxCloud(settings: CloudTests.settings(), seed: 1, at: CloudTests.start)
  }

  private static let new = #"{"name": "a", "image": "i", "gpu": {"id": "NVIDIA H100 PCIe"}}"#

  @Test func unknownFieldsAreNamed() {
    var cloud = cloud()
    let body = #"{"name": "a", "image": "i", "bogus": 1, "gpu": {"id": "NVIDIA H100 PCIe", "kind": 2}}"#
    let answer = rest("POST", "/v2/pods", body, &cloud)
    #expect(answer.status == 422)
    #expect(
      answer.body?["errors"]
        == ["$: additional properties 'bogus' not allowed", "$.gpu: additional properties 'kind' not allowed"])
    let others = [#"{"image": "i", "gpu": {"id": "x"}}"#, #"{"name": "a", "image": "i"}"#, "{"]
    let statuses = others.map { rest("POST", "/v2/pods", $0, &cloud).status }
    #expect(statuses == [422, 400, 400])
    #expect(cloud.pods.isEmpty)
  }

  @Test func aStockOutSaysWhatRunPodSays() {
    var cloud = cloud()
    cloud.settings.stockOuts = 1
    let answer = rest("POST", "/v2/pods", Self.new, &cloud)
    #expect(answer.status == 400)
    #expect(answer.body?["detail"]?.text?.hasPrefix("There are no longer any instances available") == true)
  }

  @Test func aListHasPages() {
    var cloud = cloud()
    cloud.settings.page = 2
    for _ in 0..<5 { _ = rest("POST", "/v2/pods", Self.new, &cloud) }
    var (ids, cursor, pages) = ([String](), String?.none, 0)
    repeat {
      let (answer, _) = RESTFace.serve(
        SandboxRequest("GET", "/v2/pods", query: cursor.map { ["cursor": $0] } ?? [:]), &cloud)
      ids += answer.body?["pods"]?.items?.compactMap { $0["id"]?.text } ?? []
      cursor = answer.body?["pagination"]?["nextCursor"]?.text
      pages += 1
    } while cursor != nil
    #expect(pages == 3)
    #expect(ids == cloud.pods.map(\.id))
  }

  @Test func aDeletedPodIsNotThere() {
    var cloud = cloud()
    let id = rest("POST", "/v2/pods", Self.new, &cloud).body?["id"]?.text ?? ""
    let statuses = [
      rest("POST", "/v2/pods/\(id)/action", #"{"action": "start"}"#, &cloud),
      rest("DELETE", "/v2/pods/\(id)", "", &cloud),
      rest("DELETE", "/v2/pods/\(id)", "", &cloud), rest("GET", "/v2/pods/\(id)", "", &cloud),
    ].map(\.status)
    #expect(statuses == [409, 204, 404, 404])
  }

  private func graphQL(_ query: String, _ variables: String = "{}", _ cloud: inout SandboxCloud) throws -> SandboxAnswer
  {
    let body = try JSONEncoder().encode(["query": query])
    let text = String(decoding: body, as: UTF8.self).dropLast() + #", "variables": \#(variables)}"#
    return GraphQLFace.serve(SandboxRequest("POST", "/graphql", body: Data(text.utf8)), &cloud).0
  }

  @Test func bidsAreTakenFromTheLowestUp() throws {
    var cloud = cloud()
    let mutation = """
      mutation($input: PodRentInterruptableInput!) {
        podRentInterruptable(input: $input) { id costPerHr machine { podHostId } } # a remark
      }
      """
    func input(_ bid: Double) -> String {
      #"{"input": {"gpuTypeId": "NVIDIA H100 PCIe", "imageName": "i", "name": "n", "bidPerGpu": \#(bid)}}"#
    }
    let refused = try graphQL(mutation, input(1.0), &cloud)
    #expect(refused.status == 200)
    #expect(refused.body?["errors"]?.items?.first?["extensions"]?["code"] == "SUPPLY_CONSTRAINT")
    let taken = try graphQL(mutation, input(1.25), &cloud)
    #expect(taken.body?["data"]?["podRentInterruptable"]?["costPerHr"]?.number == 1.25)
    #expect(cloud.pods.first?.isInterruptible == true)
  }

  @Test func valuesOfAllKindsAreRead() throws {
    var cloud = cloud()
    let answer = try graphQL(
      """
      mutation { mine: podFindAndDeployOnDemand(input: { name: "a \\"b\\"  c", imageName: "i", cloudType: SECURE,
        gpuTypeId: "NVIDIA H100 PCIe", dataCenterId: null, startSsh: true, gpuCount: 1, volumeInGb: -0,
        env: [{ key: "K", value: "v, {w}" }] }) { id name env desiredStatus } }
      """, "{}", &cloud)
    let pod = answer.body?["data"]?["mine"]
    #expect(pod?["name"] == "a \"b\"  c")
    #expect(pod?["env"] == ["K=v, {w}"])
    #expect(pod?["desiredStatus"] == "RUNNING")
  }

  @Test(arguments: [
    "{", "query { myself { id }", "mutation { podStop(input: {podId: }) { id } }", "}", "query { nothing }",
    "query { myself { nonsense } }", "subscription { a }", "mutation { podStop(input: $x) { id } }",
  ])
  func whatIsWrongIsSaidWith200(query: String) throws {
    var cloud = cloud()
    let answer = try graphQL(query, "{}", &cloud)
    #expect(answer.status == 200)
    #expect(answer.body?["errors"]?.items?.isEmpty == false)
  }
}
