import Engine

/// Why a pod was certainly not made, in the words of people, with what they can do about it.
public struct RentalRefusal: Hashable, Sendable, CustomStringConvertible {
  /// What stood in the way.
  public enum Kind: Hashable, Sendable {
    case noCapacity, region, spotNotOffered
    /// 402.
    case balance
    /// The account's limits: 403, 409.
    case quota
    /// 401.
    case key
    case tooMany
    /// A request that RunPod does not understand: a defect of ours, or of the configuration.
    case invalid
    /// Nothing reached RunPod.
    case unreachable
  }

  public var kind: Kind
  public var problem: String
  public var reason: String
  public var options: [String]

  /// What the engine is told: it tries again where that can help.
  public var unavailability: Unavailability {
    switch kind {
    case .noCapacity, .spotNotOffered: .noCapacity
    case .region: .region
    case .balance: .balance
    case .quota: .quota
    case .key: .key
    case .tooMany, .invalid, .unreachable: .error
    }
  }

  public var description: String {
    "\(problem) \(reason)" + options.enumerated().map { "\n    \($0 + 1). \($1)" }.joined()
  }

  /// nil where the answer does not say that there is no pod.
  ///
  /// - Parameters:
  ///   - status: HTTP's; GraphQL's errors come with 200.
  ///   - code: GraphQL's.
  init?(status: Int, detail: String, code: String? = nil, gpu: String, pricing: Pricing) {
    guard let kind = RentalRefusal.kind(status, detail.lowercased(), code) else { return nil }
    self.init(kind, detail: detail, gpu: gpu, pricing: pricing)
  }

  private static let aboutTheRequest = [
    "BAD_REQUEST", "BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "NOT_FOUND", "FORBIDDEN",
  ]

  private static func kind(_ status: Int, _ detail: String, _ code: String?) -> Kind? {
    switch (status, code) {
    case (_, "SUPPLY_CONSTRAINT"): return .noCapacity
    case (_, "INSUFFICIENT_BALANCE"), (402, _): return .balance
    case (_, "UNAUTHENTICATED"), (401, _): return .key
    case (429, _), (_, "TOO_MANY_REQUESTS"): return .tooMany
    case (408, _): return nil
    case (200, _), (400..<500, _): break
    default: return nil
    }
    if detail.contains("no longer any instances") || detail.contains("no instances currently available")
      || detail.contains("not enough free gpus")
    {
      return .noCapacity
    }
    if detail.contains("spot") && detail.contains("no longer offered") { return .spotNotOffered }
    if detail.contains("data center") || detail.contains("datacenter") { return .region }
    if status == 403 || status == 409 || detail.contains("spend limit") { return .quota }
    // GraphQL says 200 to its own defects, too: what is not certainly about the request leaves it in doubt.
    if status == 200, !aboutTheRequest.contains(code ?? "") { return nil }
    return .invalid
  }

  init(_ kind: Kind, detail: String, gpu: String, pricing: Pricing) {
    self.kind = kind
    let market = pricing == .spot ? "spot" : "on-demand"
    let retry = "Auto-retry: lora-train asks again every 5 minutes, for an hour, and says when a pod is there."
    let later = "Cancel (lora-train job cancel) and try again in 30 to 60 minutes, outside peak hours."
    switch kind {
    case .noCapacity:
      problem = "No \(market) \(gpu) is available at present."
      reason = "High demand: RunPod has no free GPU of this kind (\(detail))"
      options =
        pricing == .spot
        ? [
          retry,
          "Switch to on demand: no interruptions, at the higher rate (lora-train job create --pricing on_demand).",
          later,
        ] : [retry, "Choose another GPU, or more data centers, in lora-train.yaml.", later]
    case .region:
      problem = "RunPod's data center is temporarily unavailable."
      reason = detail
      options = [retry, "Take another one: runpod.data_centers in lora-train.yaml, or none for any.", later]
    case .spotNotOffered:
      problem = "This RunPod account sells no spot pods."
      reason = detail
      options = ["Use on demand: lora-train job create --pricing on_demand.", "Use a provider that sells spot."]
    case .balance:
      problem = "RunPod's account has too little credit: at least one hour of the pod is needed."
      reason = detail
      options = ["Add funds at https://console.runpod.io/user/billing; lora-train asks again by itself."]
    case .quota:
      problem = "RunPod's account may not rent this now: a limit of the account stands against it."
      reason = detail
      options = [
        "Wait for running jobs to end, or run fewer at once (serve --slots).",
        "Ask RunPod to raise the account's spend limit.",
      ]
    case .key:
      problem = "RunPod does not accept the API key."
      reason = detail
      options = [
        "Set RUNPOD_API_KEY to a key that may manage pods, and start serve again; lora-train doctor checks it."
      ]
    case .tooMany:
      problem = "RunPod takes no more requests for the moment."
      reason = detail
      options = ["Nothing to do: lora-train asks again later."]
    case .invalid:
      problem = "RunPod does not understand what it was asked for."
      reason = detail
      options = [
        "Check runpod.gpu, image and volume in lora-train.yaml (lora-train doctor).", "Else please report it.",
      ]
    case .unreachable:
      problem = "RunPod cannot be reached."
      reason = detail
      options = ["Check the network and RUNPOD_API_BASE_URL; lora-train asks again by itself."]
    }
  }
}
