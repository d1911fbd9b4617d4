// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Transport

/// Whether an image is where its name says, asked of its registry as anybody may (OCI distribution 1.1): no layer is fetched.
public struct ImageRegistry: Sendable {
  /// What the registry said.
  public enum Answer: Hashable, Sendable {
    case found
    case missing
    /// It is private, or there is none: a registry does not say which.
    case hidden
    case unknown(String)
  }

  private let http: HTTPClient

  public init(http: HTTPClient) { self.http = http }

  public func look(for image: ImageReference) async -> Answer {
    do {
      var answer = try await ask(image, token: nil)
      if answer.status == 401, let token = try await token(answer.headers["www-authenticate"] ?? "") {
        answer = try await ask(image, token: token)
      }
      switch answer.status {
      case 200..<300: return .found
      case 404: return .missing
      case 401, 403: return .hidden
      default: return .unknown("it answered \(answer.status)")
      }
    } catch {
      return .unknown("\(error)")
    }
  }

  private func ask(_ image: ImageReference, token: String?) async throws -> HTTPClient.Answer {
    let kinds = [
      "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
      "application/vnd.docker.distribution.manifest.list.v2+json",
      "application/vnd.docker.distribution.manifest.v2+json",
    ]
    var headers = [("Accept", kinds.joined(separator: ", "))]
    if let token { headers.append(("Authorization", "Bearer \(token)")) }
    return try await http.send(.init("HEAD", image.manifest, headers: headers, deadline: .seconds(10)))
  }

  private struct Token: Decodable {
    var token: String?
    var access_token: String?
  }

  /// What anybody is given who asks; nil: the registry offers nothing of the kind.
  private func token(_ challenge: String) async throws -> String? {
    func part(_ name: String) -> String? {
      challenge.firstRange(of: name + "=\"").map { String(challenge[$0.upperBound...].prefix { $0 != "\"" }) }
    }
    guard challenge.lowercased().hasPrefix("bearer "), let realm = part("realm"), var url = URLComponents(string: realm)
    else { return nil }
    url.queryItems =
      (url.queryItems ?? [])
      + ["service", "scope"].compactMap { name in part(name).map { URLQueryItem(name: name, value: $0) } }
    guard let address = url.string else { return nil }
    let answer = try await http.send(.init("GET", address, deadline: .seconds(10)))
    guard answer.status == 200, let given = try? JSONDecoder().decode(Token.self, from: answer.body) else { return nil }
    return given.token ?? given.access_token
  }
}
