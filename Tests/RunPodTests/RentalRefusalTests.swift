import Engine
import Testing

@testable import RunPod

/// What RunPod says, and what is made of it.
@Suite struct RentalRefusalTests {
  static let noCapacity =
    "There are no longer any instances available with the requested specifications. Please refresh and try again."

  @Test(
    arguments: [
      (400, noCapacity, nil, RentalRefusal.Kind.noCapacity, Unavailability.noCapacity),
      (200, noCapacity, "SUPPLY_CONSTRAINT", .noCapacity, .noCapacity),
      (400, "data center EU-RO-1 is temporarily unavailable", nil, .region, .region),
      (402, "balance too low", nil, .balance, .balance),
      (200, "balance too low", "INSUFFICIENT_BALANCE", .balance, .balance),
      (401, "invalid bearer token", nil, .key, .key), (403, "hourly spend limit", nil, .quota, .quota),
      (409, "limit", nil, .quota, .quota), (429, "rate limit", nil, .tooMany, .error),
      (422, "Request validation failed.", nil, .invalid, .error),
      (200, "Spot pods are no longer offered", nil, .spotNotOffered, .noCapacity),
    ] as [(Int, String, String?, RentalRefusal.Kind, Unavailability)])
  func certain(status: Int, detail: String, code: String?, kind: RentalRefusal.Kind, unavailability: Unavailability) {
    let refusal = RentalRefusal(status: status, detail: detail, code: code, gpu: "H100", pricing: .spot)
    #expect(refusal?.kind == kind)
    #expect(refusal?.unavailability == unavailability)
    #expect(refusal?.options.isEmpty == false)
  }

  @Test(
    arguments: [
      (500, nil), (502, nil), (503, nil), (504, nil), (408, nil), (301, nil), (200, nil),
      (200, "INTERNAL_SERVER_ERROR"),
      (200, "SOMETHING_NEW"),
    ] as [(Int, String?)])
  func inDoubt(status: Int, code: String?) {
    #expect(RentalRefusal(status: status, detail: "something", code: code, gpu: "H100", pricing: .spot) == nil)
  }

  @Test func theStorysOptionsAreThere() {
    let refusal = RentalRefusal(status: 400, detail: Self.noCapacity, gpu: "NVIDIA H100 PCIe", pricing: .spot)
    let text = refusal?.description ?? ""
    #expect(text.contains("No spot NVIDIA H100 PCIe is available"))
    #expect(text.contains("Auto-retry"))
    #expect(text.contains("on demand"))
    #expect(text.contains("30 to 60 minutes"))
  }
}
