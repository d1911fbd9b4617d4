import Foundation
import RunPod

/// What a pod would begin with: a key that may rent it, an image, room for the model.
extension Examination {
  static func limited(_ why: String) -> Finding {
    Finding(
      check: "key", status: .failed, found: "is limited, and may not do this: \(why)",
      hint: "at https://console.runpod.io/user/settings give the key read and write for api.runpod.io, or make another",
      code: 78)
  }

  func key(_ account: RunPodAccount) async -> Finding {
    switch await account.seesPods() {
    case .value:
      return Finding(
        check: "key", status: .ok, found: "is accepted, and sees pods; whether it may rent them, the first one shows")
    case .refused(401, let why), .refused(403, let why): return Examination.limited("see pods: \(why)")
    case .refused(_, let why), .unreachable(let why):
      return Finding(check: "key", status: .warning, found: "is accepted; whether it sees pods is not known: \(why)")
    }
  }

  /// Whether there is room for the model, and where.
  func space(_ account: RunPodAccount, _ offer: RunPodAccount.Offer?) async -> Finding {
    guard let volume = settings.volume else { return Examination.disk(settings) }
    switch await account.volume(volume.id) {
    case .value(let found?): return Examination.volume(found, id: volume.id, settings, offer)
    case .value(nil):
      return Finding(
        check: "volume", status: .failed, found: "this account has no network volume \(volume.id)",
        hint: "runpod.network_volume.id in lora-train.yaml; they are listed at https://console.runpod.io/user/storage",
        code: 78)
    case .refused(_, let why), .unreachable(let why):
      return Finding(
        check: "volume", status: .warning, found: "RunPod does not say whether there is a volume \(volume.id): \(why)",
        hint: "pods are refused if there is none")
    }
  }

  /// A volume is in one data center, and pods are only rented where it is.
  static func volume(
    _ volume: RunPodAccount.NetworkVolume, id: String, _ settings: RunPodSettings, _ offer: RunPodAccount.Offer?
  ) -> Finding {
    let found = "\(volume.name) (\(id)): \(volume.size) GB in \(volume.dataCenter)"
    func finding(_ status: Finding.Status, _ more: String = "", hint: String? = nil, code: Int32? = nil) -> Finding {
      Finding(check: "volume", status: status, found: found + more, hint: hint, code: code)
    }
    if !settings.dataCenters.isEmpty, !settings.dataCenters.contains(volume.dataCenter) {
      return finding(
        .failed, ", where pods may not be rented", hint: "add \(volume.dataCenter) to runpod.data_centers", code: 78)
    }
    if volume.size < RunPodSettings.weightsOfModel {
      return finding(
        .failed, ": Llama 3 70B alone takes \(RunPodSettings.weightsOfModel) GB",
        hint: "enlarge it to \(RunPodSettings.diskOfModel) GB at https://console.runpod.io/user/storage", code: 1)
    }
    if volume.size < RunPodSettings.diskOfModel {
      return finding(
        .warning, ": room for the model, and for little else",
        hint: "enlarge it to \(RunPodSettings.diskOfModel) GB at https://console.runpod.io/user/storage")
    }
    if let offer, !offer.dataCenters.isEmpty, !offer.dataCenters.contains(volume.dataCenter) {
      return finding(
        .warning, ", where there is no \(settings.gpu) now",
        hint: "jobs will wait; there are some in \(offer.dataCenters.joined(separator: ", "))")
    }
    return finding(.ok)
  }

  func image() async -> Finding {
    let name = settings.image
    guard let image = ImageReference(name) else {
      return Finding(
        check: "image", status: .failed, found: "'\(name)' is no name of an image",
        hint: "runpod.image in lora-train.yaml, like \(RunPodSettings(key: Secret("")).image)", code: 78)
    }
    switch await ImageRegistry(http: http).look(for: image) {
    case .found where image.isMoving:
      return Finding(
        check: "image", status: .warning, found: "\(name) is there, and may be another one tomorrow",
        hint: "name a tag or a digest: jobs that go on elsewhere should find the same")
    case .found: return Finding(check: "image", status: .ok, found: "\(name) is there")
    case .missing:
      return Finding(
        check: "image", status: .failed,
        found: "\(image.registry) has no \(image.repository) of version \(image.version)",
        hint: "check runpod.image in lora-train.yaml", code: 78)
    case .hidden:
      return Finding(
        check: "image", status: .warning,
        found: "\(image.registry) shows \(image.repository) to nobody who is not signed in",
        hint: "check its name; a private image needs its registry's login at https://console.runpod.io/user/settings")
    case .unknown(let why):
      return Finding(check: "image", status: .warning, found: "\(image.registry) was not asked: \(why)")
    }
  }
}
