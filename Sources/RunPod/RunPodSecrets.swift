import Crypto
import Foundation
import Live

/// Secrets of the RunPod account: what a pod needs to know and nobody who looks at a pod may read.
///
/// A pod's environment is shown to whoever may list pods; it holds a reference, which RunPod replaces when the pod boots
/// (https://docs.runpod.io/api-reference-v2/account/create-a-secret).
actor RunPodSecrets {
  private struct NewSecret: Encodable {
    var name: String
    var value: String
    var description = "for lora-train's pods"
  }

  private let client: RunPodClient
  private var kept: Set<String> = []

  init(_ client: RunPodClient) { self.client = client }

  /// Another token has another name: what is there under a name is never out of date, and nothing has to be replaced.
  static func name(of token: Secret) -> String {
    "lora_train_hf_" + SHA256.hash(data: Data(token.value.utf8)).hex.prefix(16)
  }

  static func reference(_ name: String) -> String { "{{ RUNPOD_SECRET_\(name) }}" }

  /// Sees to it that the account has the secret.
  ///
  /// - Returns: why it has not; nil: it has.
  /// - Throws: ``RunPodClient/Trouble/notSent(_:)`` also where nobody knows: there is no pod yet, whatever became of it.
  func keep(_ token: Secret, as name: String) async throws(RunPodClient.Trouble) -> (status: Int, detail: String)? {
    guard !kept.contains(name) else { return nil }
    do throws(RunPodClient.Trouble) {
      let new = NewSecret(name: name, value: token.value)
      let answer = try await client.call("POST", "v2/account/secrets", new, .command)
      let problem = ProblemDocument.read(answer)
      let detail = ([problem.detail ?? problem.title ?? "answered \(answer.status)"] + (problem.errors ?? []))
        .joined(separator: "; ")
      // 409: it is there already.
      guard answer.status == 201 || answer.status == 409 else { return (answer.status, detail) }
      kept.insert(name)
      return nil
    } catch {
      throw .notSent("HF_TOKEN could not be kept as a secret of the account: \(error)")
    }
  }
}
