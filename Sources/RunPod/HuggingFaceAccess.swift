import Foundation
import Transport

/// Whether a token may load the gated model.
public struct HuggingFaceAccess: Sendable {
  /// What Hugging Face said.
  public enum Answer: Hashable, Sendable {
    case granted
    /// The licence was not accepted.
    case refused
    case badToken
    case unknown(String)
  }

  public static let model = "meta-llama/Meta-Llama-3-70B-Instruct"

  private let token: Secret?
  private let http: HTTPClient
  private let address: String

  /// - Parameter address: Hugging Face's, without a slash at the end.
  public init(_ settings: RunPodSettings, http: HTTPClient, address: String = "https://huggingface.co") {
    (token, self.http, self.address) = (settings.huggingFace, http, address)
  }

  public func check() async -> Answer {
    guard let token else { return .unknown("there is no token") }
    do {
      let answer = try await http.send(
        .init(
          "HEAD", "\(address)/\(HuggingFaceAccess.model)/resolve/main/config.json",
          headers: [("Authorization", "Bearer \(token.value)")], deadline: .seconds(10)))
      switch answer.status {
      case 200..<400: return .granted
      case 401: return .badToken
      case 403: return .refused
      default: return .unknown("it answered \(answer.status)")
      }
    } catch {
      return .unknown("\(error)")
    }
  }
}
