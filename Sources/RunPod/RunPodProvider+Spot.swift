import Engine
import Live

/// Interruptible pods: REST v2 does not know them.
extension RunPodProvider {
  private struct Rented: Decodable, Sendable {
    struct Pod: Decodable, Sendable {
      var id: String
      var costPerHr: Double?
    }
    var podRentInterruptable: Pod?
  }

  func rent(_ request: PodRequest, _ environment: [String: String]) async throws(RunPodClient.Trouble)
    -> CreationAnswer
  {
    let settings = client.settings
    guard capabilities.contains(.spot) else {
      return refuse(
        .init(.spotNotOffered, detail: "Spot pods are not offered.", gpu: settings.gpu, pricing: .spot))
    }
    let offer: RunPodAccount.SpotOffer
    do throws(RunPodClient.Trouble) {
      offer = try await RunPodAccount(client).spotOffer()
    } catch {
      // Only a question failed: there is no pod.
      return refuse(.init(.unreachable, detail: "\(error)", gpu: settings.gpu, pricing: .spot))
    }
    guard let bid = offer.bid else {
      // Whatever is wrong, only a question was asked.
      let detail = offer.message ?? "Spot pods are no longer offered"
      return refuse(
        RentalRefusal(status: offer.status, detail: detail, code: offer.code, gpu: settings.gpu, pricing: .spot)
          ?? .init(.unreachable, detail: detail, gpu: settings.gpu, pricing: .spot))
    }
    var input: [String: GraphQLValue] = [
      "name": .text(request.name.description), "imageName": .text(settings.image), "gpuTypeId": .text(settings.gpu),
      "gpuCount": .number(1), "bidPerGpu": .number(bid), "containerDiskInGb": .number(Double(settings.disk)),
      "volumeInGb": .number(0), "cloudType": .text(settings.isCommunity ? "COMMUNITY" : "SECURE"),
      "dockerArgs": .text(StartCommand.text),
      "env": .list(
        environment.sorted { $0.key < $1.key }.map { .object(["key": .text($0.key), "value": .text($0.value)]) }),
    ]
    if let center = settings.dataCenters.first { input["dataCenterId"] = .text(center) }
    if let volume = settings.volume {
      (input["networkVolumeId"], input["volumeMountPath"]) = (.text(volume.id), .text(volume.path))
    }
    let answer = try await client.graphQL(
      "mutation($input: PodRentInterruptableInput!) { podRentInterruptable(input: $input) { id costPerHr } }",
      ["input": .object(input)], as: Rented.self, .command)
    if let pod = answer.data?.podRentInterruptable {
      let rate = ProviderMoney.nanodollars(pod.costPerHr ?? bid)
      return .created(
        PodObservation(
          id: pod.id, name: request.name.description, status: .running, created: LiveTime.machine, hourlyRate: rate))
    }
    // Neither a pod nor an error: nobody knows.
    guard let message = answer.message else { return .ambiguous }
    // Little stock, and nothing to be had for the lowest bid: how busy it is, as far as RunPod says (story 3.1.3).
    let said = message + (offer.stock.map { "; RunPod reports stock: \($0.lowercased())" } ?? "")
    return answerTo(request, status: answer.status, detail: said, code: answer.code)
  }
}
