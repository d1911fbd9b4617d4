import Foundation

extension WorkerLaunch {
  /// What a worker finds in its environment: never in its arguments, which everybody on its machine can read.
  ///
  /// - Parameter scale: seconds of the store's time in one of the machine's.
  /// - Throws: what `JSONEncoder` throws.
  public func environment(of request: PodRequest, scale: Double) throws -> [String: String] {
    [
      "LORA_POD": request.name.description, "LORA_REPORT": reportAddress, "LORA_SECRET": secret,
      "LORA_JOB": String(decoding: try JSONEncoder().encode(description), as: UTF8.self),
      "LORA_STEPS": "\(request.steps)", "LORA_STEP": "\(request.durableStep)", "LORA_LEASE": "\(request.lease)",
      "LORA_PREPROCESSED": request.isPreprocessed ? "1" : "0", "LORA_TIME_SCALE": "\(scale)",
    ]
  }
}
