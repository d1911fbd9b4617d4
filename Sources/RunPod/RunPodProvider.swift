import DiscreteEvent
import Engine
import Foundation
import Live
import Transport

/// Pods rented from RunPod: REST v2, and GraphQL for interruptible ones where the account sells them.
///
/// Nothing is asked for twice: what becomes of a call without an answer is the coordinator's to find out.
public actor RunPodProvider: PodProvider {
  public nonisolated let capabilities: ProviderCapabilities

  /// Which worker a pod runs, and where it is fetched from, given what it is to do and the address that workers report to.
  public typealias BundleLink = @Sendable (_ launch: WorkerLaunch) throws -> WorkerBundle

  let client: RunPodClient
  private let settings: RunPodSettings
  private let time: LiveTime
  private let bundle: BundleLink
  private let secrets: RunPodSecrets
  private var ends: RunPodEnds
  private let tell: @Sendable (String) -> Void
  /// All pods of the last complete list.
  private var present: Set<String>?
  private var lastTrouble: String?

  /// From the end of a pod's last hour to the moment from which its bill changes no more: RunPod bills late.
  static let billSettles = Span.hours(2)

  /// - Parameter tell: told what a person should hear of: why a pod was not made, and what can be done.
  public init(
    _ settings: RunPodSettings, time: LiveTime, http: HTTPClient = HTTPClient(), bundle: @escaping BundleLink,
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.settings, self.time, self.bundle, self.tell) = (settings, time, bundle, tell)
    client = RunPodClient(settings, time: time, http: http)
    secrets = RunPodSecrets(client)
    ends = RunPodEnds(client)
    var capabilities: ProviderCapabilities = [.prices]
    if settings.offersSpot { capabilities.insert(.spot) }
    if settings.volume != nil { capabilities.insert(.volumes) }
    self.capabilities = capabilities
  }

  // MARK: Creation

  public func create(_ request: PodRequest, _ launch: WorkerLaunch) async -> CreationAnswer {
    var environment: [String: String]
    do {
      environment = try launch.environment(of: request, scale: time.scale)
      environment.merge(StartCommand.environment(try bundle(launch))) { $1 }
      environment["LORA_VOLUME"] = settings.volume?.path
    } catch {
      return refuse(.init(.invalid, detail: "\(error)", gpu: settings.gpu, pricing: request.pricing))
    }
    do throws(RunPodClient.Trouble) {
      if let token = settings.huggingFace {
        let name = RunPodSecrets.name(of: token)
        if let problem = try await secrets.keep(token, as: name) { return refuse(problem, request) }
        environment["HF_TOKEN"] = RunPodSecrets.reference(name)
      }
      return request.pricing == .spot
        ? try await rent(request, environment) : try await deploy(request, environment)
    } catch {
      switch error {
      case .notSent(let why):
        return refuse(.init(.unreachable, detail: why, gpu: settings.gpu, pricing: request.pricing))
      case .unanswered(let why):
        tell("\(request.name): nobody knows whether it was made (\(why)); it is looked for by its name")
        return .ambiguous
      }
    }
  }

  private func deploy(_ request: PodRequest, _ environment: [String: String]) async throws(RunPodClient.Trouble)
    -> CreationAnswer
  {
    let pod = NewPod(
      name: request.name.description, image: settings.image, gpu: .init(id: settings.gpu),
      cloud: settings.isCommunity ? "COMMUNITY" : "SECURE",
      dataCenterIds: settings.dataCenters.isEmpty ? nil : settings.dataCenters, disk: settings.disk,
      mounts: settings.volume.map { .init(network: [.init(volumeId: $0.id, path: $0.path)]) }, args: StartCommand.text,
      env: environment)
    let answer = try await client.call("POST", "v2/pods", pod, .command)
    if answer.status == 201 {
      guard let document = try? JSONDecoder().decode(PodDocument.self, from: answer.body) else { return .ambiguous }
      return .created(observation(document))
    }
    let problem = ProblemDocument.read(answer)
    let detail = ([problem.detail ?? problem.title ?? "answered \(answer.status)"] + (problem.errors ?? []))
      .joined(separator: "; ")
    return answerTo(request, status: answer.status, detail: detail)
  }

  /// The token cannot be kept as a secret: the pod would not be able to load its model.
  private func refuse(_ problem: (status: Int, detail: String), _ request: PodRequest) -> CreationAnswer {
    let detail = "HF_TOKEN cannot be kept as a secret of the account: \(problem.detail)"
    return refuse(
      RentalRefusal(status: problem.status, detail: detail, gpu: settings.gpu, pricing: request.pricing)
        ?? .init(.unreachable, detail: detail, gpu: settings.gpu, pricing: request.pricing))
  }

  /// An answer that was no success: refused where that is certain.
  func answerTo(_ request: PodRequest, status: Int, detail: String, code: String? = nil) -> CreationAnswer {
    if let refusal = RentalRefusal(
      status: status, detail: detail, code: code, gpu: settings.gpu, pricing: request.pricing)
    {
      return refuse(refusal)
    }
    tell("\(request.name): nobody knows whether it was made (RunPod answered \(status)); it is looked for by its name")
    return .ambiguous
  }

  func refuse(_ refusal: RentalRefusal) -> CreationAnswer {
    .refused(refusal.unavailability, said: refusal.description)
  }

  // MARK: Ends and lists

  public func terminate(pod: String) async -> TerminationAnswer {
    guard let segment = pod.addingPercentEncoding(withAllowedCharacters: .alphanumerics),
      let answer = try? await client.call("DELETE", "v2/pods/\(segment)", nil, .command)
    else { return .failed }
    switch answer.status {
    case 200..<300: return .accepted
    case 404: return .absent
    default: return .failed
    }
  }

  public func list() async -> [PodObservation]? {
    var (pods, cursor, seen) = ([PodDocument](), String?.none, Set<String>())
    repeat {
      guard let page = await page(cursor) else { return nil }
      pods += page.pods
      guard page.pagination?.hasNextPage == true else { break }
      // A next page that cannot be asked for, or was asked for before: the list will never be whole.
      guard let next = page.pagination?.nextCursor, seen.insert(next).inserted else {
        return trouble("its pages never end")
      }
      cursor = next
    } while true
    (present, lastTrouble) = (Set(pods.map(\.id)), nil)
    let stopped = pods.filter { ["EXITED", "ERROR"].contains($0.status) }.map(\.id)
    let kinds = await ends.kinds(of: stopped)
    return pods.filter { $0.status != "TERMINATED" }.map { observation($0, kinds[$0.id]) }
  }

  private func page(_ cursor: String?) async -> PodPage? {
    let query = cursor.flatMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
    do throws(RunPodClient.Trouble) {
      let answer = try await client.call("GET", "v2/pods" + (query.map { "?cursor=\($0)" } ?? ""), nil, .question)
      guard answer.status == 200 else {
        let detail = ProblemDocument.read(answer).detail ?? "no reason is given"
        return trouble("RunPod answered \(answer.status): \(detail)")
      }
      guard let page = try? JSONDecoder().decode(PodPage.self, from: answer.body) else {
        return trouble("RunPod's answer is not understood")
      }
      return page
    } catch {
      return trouble(error.description)
    }
  }

  /// Says why there is no list, once for each reason in a row.
  private func trouble<Value>(_ why: String) -> Value? {
    if why != lastTrouble { tell("there is no list of pods: \(why)") }
    lastTrouble = why
    return nil
  }

  /// - Parameter end: what GraphQL says of how it ended; REST v2 says only that it did.
  private func observation(_ pod: PodDocument, _ end: LossKind? = nil) -> PodObservation {
    let status: PodObservation.Status =
      switch pod.status {
      // We stop no pods: whoever did took it back.
      case "EXITED": .exited(end ?? .interrupted)
      case "ERROR": .exited(end ?? .lost)
      default: .running
      }
    return PodObservation(
      id: pod.id, name: pod.name, status: status, created: pod.createdAt.flatMap { Stamp.instant($0) } ?? .zero,
      hourlyRate: ProviderMoney.nanodollars(pod.cost))
  }

  // MARK: Bills

  public func bills(since: Instant) async -> [PodBill] {
    // A sandbox that somebody else runs began its faster time at another moment.
    let start = time.scale == 1 ? since : since - .days(365)
    guard let present,
      let answer = try? await client.call(
        "GET", "v2/billing/pods?bucketSize=hour&startTime=\(Stamp.text(start))", nil, .question),
      answer.status == 200, let document = try? JSONDecoder().decode(BillingDocument.self, from: answer.body),
      let now = Stamp.instant(document.metadata.query.endTime)
    else { return [] }
    var bills: [String: (amount: Int64, end: Instant)] = [:]
    for record in document.records {
      guard let end = Stamp.instant(record.endTime) else { return [] }
      let sum = bills[record.podId] ?? (0, .distantPast)
      bills[record.podId] = (sum.amount &+ ProviderMoney.nanodollars(record.totalAmount), max(sum.end, end))
    }
    // Final: the pod is no more, and no later hour of it has come for long enough.
    return bills.filter { !present.contains($0.key) && $0.value.end + RunPodProvider.billSettles <= now }
      .map { PodBill(pod: $0.key, amount: $0.value.amount) }.sorted { $0.pod < $1.pod }
  }
}
