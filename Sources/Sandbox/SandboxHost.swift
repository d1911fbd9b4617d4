import DiscreteEvent
import Foundation
import Processes
import Scenarios

/// The sandbox's cloud against real time, with processes for pods and a file for its memory.
///
/// What a request changed is on the disk before it is answered: a sandbox that is killed is found as it was, with its pods. Where it cannot be
/// written, the answer is a 500, and it is tried again with the next.
public actor SandboxHost {
  /// Reads the sandbox's own time.
  public typealias Clock = @Sendable () -> Instant

  /// How long a pod may save what it has once it was told to go.
  public static let grace = Duration.seconds(5)

  var cloud: SandboxCloud
  private let clock: Clock
  private let scale: Double
  private let folder: URL?
  private let key: String
  private var alarm: Task<Void, Never>?
  /// Where it is served: what pods find in their environment, so that they end themselves here and nowhere else.
  private var address = "http://127.0.0.1:9"
  /// Pods whose processes were told to go a moment ago.
  private var leaving: Set<String> = []
  private var hasLooked = false

  /// - Parameters:
  ///   - key: what requests have to bear.
  ///   - clock: the sandbox's own time; `scale` seconds of it go by in one of ours.
  ///   - folder: of its memory and its pods; without one nothing is remembered, and no pod really runs.
  /// - Throws: `InputError` where the folder cannot be made, or its memory is damaged.
  public init(
    settings: SandboxSettings = SandboxSettings(), seed: UInt64 = 1, key: String, scale: Double = 1,
    folder: String? = nil, clock: @escaping Clock
  ) throws {
    (self.key, self.clock, self.scale) = (key, clock, scale)
    self.folder = try folder.map { try SandboxHost.make($0) }
    cloud = SandboxCloud(settings: settings, seed: seed, at: clock())
    guard let memory = self.folder?.appendingPathComponent("cloud.json"),
      let data = FileManager.default.contents(atPath: memory.path)
    else { return }
    do {
      var cloud = try JSONDecoder().decode(SandboxCloud.self, from: data)
      cloud.settings = settings
      self.cloud = cloud
    } catch {
      throw InputError(
        .badData, file: memory.path, "the sandbox's memory cannot be read",
        hint: "remove it: pods that still run are then nobody's")
    }
  }

  /// Writes down a cloud that a host then finds in its folder.
  ///
  /// - Throws: `InputError` where the folder cannot be made or written.
  public static func leave(_ cloud: SandboxCloud, in folder: String) throws {
    let memory = try make(folder).appendingPathComponent("cloud.json")
    do {
      try JSONEncoder().encode(cloud).write(to: memory, options: .atomic)
    } catch {
      throw InputError(.cannotCreate, file: memory.path, "cannot be written", hint: "has the disk room?")
    }
  }

  private static func make(_ folder: String) throws -> URL {
    do {
      try FileManager.default.createDirectory(
        atPath: folder + "/pods", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw InputError(
        .cannotCreate, file: folder, "cannot be made", hint: "check that the folder above it is writable")
    }
    // The name under which /proc shows it.
    let path = realpath(folder, nil).map { path in
      defer { free(path) }
      return String(cString: path)
    }
    return URL(fileURLWithPath: path ?? folder)
  }

  // MARK: Requests

  /// What happens to an answer on its way.
  public enum Delivery: Sendable {
    case whole(SandboxAnswer)
    case never
    case broken(SandboxAnswer)
  }

  /// - Parameter bearer: the key that the request bears.
  public func serve(_ request: SandboxRequest, bearer: String?) -> Delivery {
    tend()
    let delivery = deliver(request, bearer)
    return remember() ? delivery : .whole(SandboxAnswer(.broken))
  }

  private func deliver(_ request: SandboxRequest, _ bearer: String?) -> Delivery {
    do throws(SandboxProblem) {
      guard accepts(bearer) || isOwn(bearer, request) else { throw .unauthorized }
      try cloud.quota.take(at: cloud.now)
    } catch {
      return .whole(SandboxAnswer(error))
    }
    let fault = cloud.fault(request.operation)
    switch fault {
    case .error: return .whole(SandboxAnswer(.broken))
    case .unauthorized: return .whole(SandboxAnswer(.unauthorized))
    case .tooMany: return .whole(SandboxAnswer(SandboxQuota.exceeded("minute", after: 12)))
    default: break
    }
    let isGraphQL = request.segments == ["graphql"]
    let (whole, deeds) = isGraphQL ? GraphQLFace.serve(request, &cloud) : RESTFace.serve(request, &cloud)
    perform(deeds)
    var answer = whole
    answer.headers.merge(cloud.quota.headers(at: cloud.now)) { $1 }
    switch fault {
    case .errorAfterSuccess: return .whole(SandboxAnswer(.broken))
    case .noAnswer: return .never
    case .brokenAnswer: return .broken(answer)
    case .cutList:
      cloud.plan(.error, on: "list")
      return .whole(cut(answer))
    default: return .whole(answer)
    }
  }

  func accepts(_ bearer: String?) -> Bool { bearer == key }

  func reached(at address: String) { self.address = address }

  /// A pod has a key that is good for itself alone.
  private func isOwn(_ bearer: String?, _ request: SandboxRequest) -> Bool {
    guard let bearer, bearer.hasPrefix("pod-") else { return false }
    let id = String(bearer.dropFirst(4))
    return cloud[id] != nil && request.segments == ["v2", "pods", id]
  }

  /// The first half of a list, with the promise of more.
  private func cut(_ answer: SandboxAnswer) -> SandboxAnswer {
    guard case .object(var body) = answer.body, let pods = body["pods"]?.items else { return answer }
    var answer = answer
    body["pods"] = .array(Array(pods.prefix(pods.count / 2)))
    body["pagination"] = ["hasNextPage": true, "nextCursor": "0"]
    answer.body = .object(body)
    return answer
  }

  // MARK: What only a sandbox can

  /// Takes a pod back now.
  ///
  /// - Throws: ``SandboxProblem`` where there is no such pod that runs.
  public func interrupt(_ pod: String) throws {
    tend()
    perform(try cloud.interrupt(pod))
    remember()
  }

  /// Lets a fault meet the next request of an operation: see ``SandboxFault/Rate``.
  public func plan(_ fault: SandboxFault, on operation: String) { cloud.plan(fault, on: operation) }

  /// Changes the world.
  public func change(_ body: @Sendable (inout SandboxSettings) -> Void) { body(&cloud.settings) }

  /// Pods that are there, oldest first.
  public var pods: [SandboxPod] { cloud.listed }

  /// Ends what runs, at once: for a sandbox that nobody will find again.
  public func killPods() {
    alarm?.cancel()
    perform(cloud.listed.map { .kill(pod: $0.id) })
  }

  /// What a pod's container finds in its environment.
  public func environment(of pod: String) -> [String: String]? { cloud[pod].map { cloud.resolved($0.order.env) } }

  /// Nanodollars that a pod has cost so far, by its id.
  public func cost(of pod: String) -> Int64? { cloud[pod].map { cloud.cost($0) } }

  // MARK: Time

  /// Lets the time go by that has gone by, and looks after the pods' processes.
  public func tend() {
    perform(cloud.advance(to: clock()))
    lookForEnds()
    setAlarm()
  }

  private func setAlarm() {
    alarm?.cancel()
    alarm = nil
    guard folder != nil else { return }
    let wait = max(0.01, min((cloud.nextEvent - cloud.now).seconds / scale, 1))
    guard cloud.nextEvent < .distantFuture || cloud.listed.contains(where: { $0.status == .running }) else { return }
    alarm = Task {
      guard (try? await Task.sleep(for: .seconds(wait))) != nil else { return }
      tend()
      remember()
    }
  }

  private var remembered = 0

  /// Writes down what has changed; false where that cannot be done.
  @discardableResult
  private func remember() -> Bool {
    guard let folder, cloud.changes != remembered else { return true }
    let changes = cloud.changes
    do {
      try JSONEncoder().encode(cloud).write(to: folder.appendingPathComponent("cloud.json"), options: .atomic)
    } catch {
      return false
    }
    remembered = changes
    return true
  }

  // MARK: Processes

  private func perform(_ deeds: [SandboxDeed]) {
    guard let folder = folder?.appendingPathComponent("pods") else { return }
    for deed in deeds {
      switch deed {
      case .start(let id):
        // One that was killed after it had started a pod, and before it wrote that down, finds it running.
        guard let pod = cloud[id], leaving.contains(id) || ProcessSession.members(folder)[id] == nil else { continue }
        do {
          try SandboxProcess.start(pod, environment: cloud.resolved(pod.order.env), address: address, in: folder)
        } catch {
          cloud.ended(id, code: nil)
        }
      case .stop(let id):
        let living = ProcessSession.members(folder)[id] ?? []
        for process in living { kill(process, SIGTERM) }
        guard !living.isEmpty else { continue }
        leaving.insert(id)
        Task {
          try? await Task.sleep(for: SandboxHost.grace)
          for process in living where ProcessSession.members(folder)[id]?.contains(process) == true {
            kill(process, SIGKILL)
          }
          leaving.remove(id)
        }
      case .kill(let id):
        for process in ProcessSession.members(folder)[id] ?? [] { kill(process, SIGKILL) }
      }
    }
  }

  /// Pods whose processes have ended by themselves; and, once, processes whose pods are no more: whoever told them to go was killed before they
  /// were gone.
  private func lookForEnds() {
    let running = cloud.listed.filter { $0.status == .running }
    guard let folder = folder?.appendingPathComponent("pods"), !running.isEmpty || !hasLooked else { return }
    ProcessSession.reap()
    let living = ProcessSession.members(folder)
    if !hasLooked {
      hasLooked = true
      perform(living.keys.filter { cloud[$0]?.status != .running }.map { .stop(pod: $0) })
    }
    for pod in running where living[pod.id] == nil {
      cloud.ended(pod.id, code: SandboxProcess.code(of: pod, in: folder))
    }
  }
}
