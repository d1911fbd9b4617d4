import DiscreteEvent
import Foundation
import Live
import RunPod
import Scenarios
import Transport

/// The questions of `doctor`, one after the other.
struct Examination {
  struct Finding {
    enum Status: String { case ok, warning, failed, skipped }
    var check: String
    var status: Status
    var found: String
    var hint: String?
    /// How the program ends because of it.
    var code: Int32?
  }

  let settings: RunPodSettings
  let publicURL: String?
  /// Hugging Face's address.
  let hub: String
  let http = HTTPClient(connections: 1)

  init(settings: RunPodSettings, publicURL: String?, hub: String = "https://huggingface.co") {
    (self.settings, self.publicURL, self.hub) = (settings, publicURL, hub)
  }

  func findings() async -> [Finding] {
    let account = RunPodAccount(settings, time: LiveTime(origin: LiveTime.machine), http: http)
    var findings: [Finding] = []
    let offer = await account.offer()
    switch offer {
    case .unreachable(let why):
      return [
        Finding(
          check: "RunPod", status: .failed, found: "cannot be reached: \(why)",
          hint: "check the network, and RUNPOD_API_BASE_URL (\(settings.address))", code: 69)
      ]
    case .refused(401, let why):
      return [
        Finding(check: "RunPod", status: .ok, found: "answers at \(settings.address)"),
        Finding(
          check: "key", status: .failed, found: "is not accepted: \(why)",
          hint: "set RUNPOD_API_KEY to a key of https://console.runpod.io/user/settings", code: 78),
      ]
    case .refused(403, let why):
      return [
        Finding(check: "RunPod", status: .ok, found: "answers at \(settings.address)"), Examination.limited(why),
      ]
    case .refused(let status, let why):
      return [
        Finding(
          check: "RunPod", status: .failed, found: "answered \(status): \(why)", hint: "try again in a moment", code: 69
        )
      ]
    case .value(let offer):
      findings.append(Finding(check: "RunPod", status: .ok, found: "answers at \(settings.address)"))
      findings.append(await key(account))
      findings.append(prices(offer))
      findings.append(await spot(account))
      findings.append(await balance(account, offer))
      findings.append(await space(account, offer))
      findings.append(await image())
    }
    findings.append(clock(await account.skew))
    findings.append(await reach())
    findings.append(await licence())
    return findings
  }

  private func prices(_ offer: RunPodAccount.Offer?) -> Finding {
    guard let offer else {
      return Finding(
        check: "prices", status: .failed, found: "RunPod knows no GPU called \(settings.gpu)",
        hint: "runpod.gpu in lora-train.yaml, like NVIDIA H100 PCIe", code: 78)
    }
    let rate = settings.isCommunity ? offer.community : offer.secure
    let isOut = offer.availability == "NONE"
    return Finding(
      check: "prices", status: isOut ? .warning : .ok,
      found: "\(settings.gpu) on demand at \(dollars(rate)) an hour, availability \(offer.availability ?? "unknown")"
        + (offer.dataCenters.isEmpty ? "" : " (\(offer.dataCenters.joined(separator: ", ")))"),
      hint: isOut ? "jobs will wait; choose another GPU or data center" : nil)
  }

  private func spot(_ account: RunPodAccount) async -> Finding {
    switch await account.offersSpot() {
    case .value(let bid?): return Finding(check: "spot", status: .ok, found: "from \(dollars(bid)) an hour")
    case .value(nil):
      return Finding(
        check: "spot", status: .warning, found: "this account is offered none", hint: "jobs run on demand")
    case .refused(_, let why), .unreachable(let why):
      return Finding(check: "spot", status: .warning, found: "RunPod does not say whether there are any: \(why)")
    }
  }

  /// Whether a pod can hold the model that it fetches.
  static func disk(_ settings: RunPodSettings) -> Finding {
    if let volume = settings.volume {
      return Finding(check: "disk", status: .ok, found: "models are kept on the network volume \(volume.id)")
    }
    let isTight = settings.disk < RunPodSettings.diskOfModel
    return Finding(
      check: "disk", status: isTight ? .warning : .ok, found: "\(settings.disk) GB of each pod, no network volume",
      hint: isTight
        ? "Llama 3 70B takes \(RunPodSettings.diskOfModel) GB: runpod.disk_gb, or runpod.network_volume" : nil)
  }

  private func balance(_ account: RunPodAccount, _ offer: RunPodAccount.Offer?) async -> Finding {
    switch await account.money() {
    case .value(let money):
      let rate = offer.map { settings.isCommunity ? $0.community : $0.secure } ?? 0
      let found = "\(dollars(money.balance)); \(dollars(money.hourly)) an hour is being spent"
      guard money.balance >= rate else {
        return Finding(
          check: "balance", status: .failed, found: found + ": less than an hour of one pod",
          hint: "add funds at https://console.runpod.io/user/billing", code: 1)
      }
      return Finding(check: "balance", status: .ok, found: found)
    case .refused(_, let why), .unreachable(let why):
      return Finding(check: "balance", status: .warning, found: "RunPod does not say it: \(why)")
    }
  }

  private func clock(_ skew: Span?) -> Finding {
    guard let skew else { return Finding(check: "clock", status: .skipped, found: "RunPod tells no time") }
    let off = abs(skew.seconds)
    let isOff = off > 60
    return Finding(
      check: "clock", status: isOff ? .failed : .ok,
      found: off <= 2 ? "agrees with RunPod's" : "is \(Words.duration(off)) off RunPod's",
      hint: isOff ? "set this machine's clock (timedatectl set-ntp true): reports and bills bear times" : nil,
      code: isOff ? 1 : nil)
  }

  /// Whether serve is reached at its public address: from here, which is not where pods are.
  private func reach() async -> Finding {
    guard let publicURL else {
      return Finding(
        check: "public address", status: .warning, found: "there is none: jobs on rented pods are refused",
        hint: "--public-url https://…, or public_url in lora-train.yaml")
    }
    guard let answer = try? await http.send(.init("GET", publicURL + "/health", deadline: .seconds(10))) else {
      return Finding(
        check: "public address", status: .failed, found: "nothing answers at \(publicURL)/health",
        hint: "does serve run, and does the reverse proxy point to it?", code: 1)
    }
    let isOurs = answer.status == 200 && String(decoding: answer.body, as: UTF8.self).contains("\"provider_answers\"")
    return Finding(
      check: "public address", status: isOurs ? .ok : .failed,
      found: isOurs ? "serve answers at \(publicURL)" : "something else answers at \(publicURL) (\(answer.status))",
      hint: isOurs ? nil : "the reverse proxy has to pass all paths on to serve", code: isOurs ? nil : 1)
  }

  private func licence() async -> Finding {
    guard settings.huggingFace != nil else {
      return Finding(
        check: "model licence", status: .warning, found: "there is no HF_TOKEN: gated models cannot be loaded",
        hint: "accept the licence at https://huggingface.co/\(HuggingFaceAccess.model), then set HF_TOKEN")
    }
    guard KeptAddress.isKept(hub) else {
      return Finding(
        check: "model licence", status: .failed, found: "the token would go out in the clear to \(hub)",
        hint: "HF_ENDPOINT has to begin with https://", code: 78)
    }
    switch await HuggingFaceAccess(settings, http: http, address: hub).check() {
    case .granted:
      return Finding(check: "model licence", status: .ok, found: "the token may load \(HuggingFaceAccess.model)")
    case .refused:
      return Finding(
        check: "model licence", status: .failed, found: "the token may not load \(HuggingFaceAccess.model)",
        hint: "accept the licence at https://huggingface.co/\(HuggingFaceAccess.model)", code: 1)
    case .badToken:
      return Finding(
        check: "model licence", status: .failed, found: "Hugging Face does not accept the token",
        hint: "make one at https://huggingface.co/settings/tokens, and accept the licence at "
          + "https://huggingface.co/\(HuggingFaceAccess.model)", code: 78)
    case .unknown(let why):
      return Finding(check: "model licence", status: .warning, found: "Hugging Face was not asked: \(why)")
    }
  }

  func dollars(_ nanodollars: Int64) -> String { Words.dollars(Double(nanodollars) / 1e9) }
}
