import Engine
import Live

/// How pods ended: `lastStatusChange`, which only GraphQL tells. Where it does not answer any more, a pod's status has to do.
actor RunPodEnds {
  private struct Myself: Decodable, Sendable {
    struct Pod: Decodable, Sendable {
      var id: String
      var lastStatusChange: String?
    }
    struct Person: Decodable, Sendable { var pods: [Pod] }
    var myself: Person?
  }

  private let client: RunPodClient
  /// Of those that the last list showed: nobody is asked twice about a pod.
  private var known: [String: LossKind?] = [:]

  init(_ client: RunPodClient) { self.client = client }

  func kinds(of pods: [String]) async -> [String: LossKind] {
    known = known.filter { pods.contains($0.key) }
    if pods.contains(where: { known[$0] == nil }) {
      let query = "query { myself { pods { id lastStatusChange } } }"
      let told = try? await client.graphQL(query, as: Myself.self, .question).data?.myself?.pods
      for id in pods where known[id] == nil {
        known[id] = .some(told?.first { $0.id == id }?.lastStatusChange.flatMap { RunPodEnds.kind($0) })
      }
    }
    return known.compactMapValues { $0 }
  }

  /// What RunPod writes of an end: `Exited by Runpod: …`, or `Exited by user: …`; nil where that says nothing.
  static func kind(_ change: String) -> LossKind? {
    let text = change.lowercased()
    // A person, or an account without money: nothing that a hazard could tell the next time of.
    if text.contains("exited by user") || text.contains("balance") || text.contains("credit") { return .lost }
    guard text.contains("exited by runpod") else { return nil }
    let isHost = ["host", "maintenance", "hardware", "machine is down"].contains { text.contains($0) }
    return isHost ? .hostFailure : .interrupted
  }
}
