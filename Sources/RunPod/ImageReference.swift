/// A container image as people name it: `runpod/pytorch:1.0.2`, `ghcr.io/team/worker@sha256:…`.
public struct ImageReference: Hashable, Sendable {
  /// Where it is; Docker's own where none is named.
  public var registry: String
  public var repository: String
  /// A tag, or a digest with its algorithm.
  public var version: String

  /// What an image is called by that is named without a tag; it changes without anybody saying so.
  public static let latest = "latest"

  /// nil: it is none.
  public init?(_ text: String) {
    var name = text
    version = ImageReference.latest
    if let at = name.firstIndex(of: "@") {
      version = String(name[name.index(after: at)...])
      name = String(name[..<at])
      guard version.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil else { return nil }
      // A tag beside a digest says nothing.
      if let match = name.firstMatch(of: /:[^:\/]*$/) { name.removeSubrange(match.range) }
    } else if let match = name.firstMatch(of: /:([^:\/]*)$/) {
      version = String(match.1)
      name.removeSubrange(match.range)
      guard version.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.\-]{0,127}/) != nil else { return nil }
    }
    let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    // The first part is a host where no repository could be called so.
    if parts.count == 2, parts[0].contains(where: { $0 == "." || $0 == ":" }) || parts[0] == "localhost" {
      (registry, repository) = (parts[0], parts[1])
      guard registry.wholeMatch(of: /[A-Za-z0-9.\-]+(:[0-9]{1,5})?/) != nil else { return nil }
    } else {
      (registry, repository) = ("docker.io", parts.count == 1 ? "library/" + name : name)
    }
    guard repository.wholeMatch(of: /[a-z0-9]+([._\-]+[a-z0-9]+)*(\/[a-z0-9]+([._\-]+[a-z0-9]+)*)*/) != nil else {
      return nil
    }
  }

  /// Whether it may be another image tomorrow under the same name.
  public var isMoving: Bool { version == ImageReference.latest }

  /// Where its manifest is.
  var manifest: String {
    let host = registry == "docker.io" ? "registry-1.docker.io" : registry
    let isHere = host.hasPrefix("127.0.0.1:") || host.hasPrefix("localhost:")
    return "\(isHere ? "http" : "https")://\(host)/v2/\(repository)/manifests/\(version)"
  }
}
