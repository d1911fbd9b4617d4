import DiscreteEvent

/// What people and programs do to pods, and what becomes of them.
extension SandboxCloud {
  /// - Complexity: O(1).
  func index(_ id: String) -> Int? { byID[id] }

  subscript(id: String) -> SandboxPod? { byID[id].map { pods[$0] } }

  /// Those that a list shows, oldest first.
  public var listed: [SandboxPod] { pods.filter { $0.status != .terminated } }

  /// - Throws: the way RunPod refuses it.
  public mutating func create(_ order: SandboxPod.Order) throws(SandboxProblem) -> SandboxPod {
    guard let gpu = settings.gpus.first(where: { $0.id == order.gpu }) else {
      throw SandboxProblem(404, "Not Found", "GPU type not found: \(order.gpu)", code: "NOT_FOUND")
    }
    let rate = Int64(order.count) * (try price(order, gpu))
    guard burn + rate <= settings.spendLimit else {
      throw SandboxProblem(
        403, "Forbidden", "This pod would exceed your account's hourly spend limit. Please contact support.",
        code: "SPEND_LIMIT")
    }
    guard balance >= rate else { throw .noBalance }
    let (number, center) = (UInt32(pods.count), try dataCenter(order))
    var luck = stream(attempts, 0, .stock)
    attempts &+= 1
    guard pods.count(where: { $0.status.isBilled && $0.order.gpu == gpu.id }) < gpu.stock,
      luck.uniform() >= settings.stockOuts
    else { throw .noCapacity }
    var pod = SandboxPod(
      id: name(number), ordinal: number, order: order, rate: rate, dataCenter: center, created: now)
    pod.periods = [.init(from: now, gpu: rate, disk: Int64(order.disk) * settings.disk)]
    byID[pod.id] = pods.count
    pods.append(pod)
    let i = pods.count - 1
    pods[i].next = (.starting, now + draw(settings.provisioning, i, .provisioning))
    return pods[i]
  }

  private func price(_ order: SandboxPod.Order, _ gpu: SandboxSettings.GPU) throws(SandboxProblem) -> Int64 {
    guard order.isInterruptible else { return order.isCommunity ? gpu.community : gpu.secure }
    guard let least = gpu.spot else {
      throw SandboxProblem(400, "Bad Request", "Spot pods are no longer offered", code: "SPOT_NOT_OFFERED")
    }
    guard order.bid >= least else { throw .noCapacity }
    return order.bid
  }

  private func dataCenter(_ order: SandboxPod.Order) throws(SandboxProblem) -> String {
    let wanted = order.dataCenters.isEmpty ? settings.dataCenters : order.dataCenters
    guard let center = wanted.first(where: { settings.dataCenters.contains($0) }) else {
      throw SandboxProblem(404, "Not Found", "data center not found: \(wanted.joined(separator: ", "))")
    }
    let open = wanted.filter { settings.dataCenters.contains($0) && !settings.closedDataCenters.contains($0) }
    guard let first = open.first else {
      throw SandboxProblem(
        400, "Bad Request", "data center \(center) is temporarily unavailable", code: "DATA_CENTER_UNAVAILABLE")
    }
    return first
  }

  /// 14 letters and digits, as RunPod's are.
  private func name(_ number: UInt32) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var own = stream(number, 0, .name)
    let text = (0..<14).map { _ in letters[Int(own.nextUInt64() % 36)] }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: what has to happen to its processes.
  /// - Throws: 404, 409 where its status does not allow it, 400 where it would be started and there is no GPU, 402.
  public mutating func act(_ action: SandboxAction, on id: String) throws(SandboxProblem) -> [SandboxDeed] {
    guard let i = index(id), pods[i].status != .terminated else { throw .podNotFound }
    guard pods[i].status.actions.contains(action) else {
      throw SandboxProblem(
        409, "Conflict", "action '\(action)' is not valid while the pod is \(pods[i].status.rawValue)",
        code: "CONFLICT")
    }
    switch action {
    case .terminate:
      halt(i, .terminated, "Terminated by user")
      return [.stop(pod: id)]
    case .stop:
      halt(i, .exited, "Exited by user: stopped")
      return [.stop(pod: id)]
    case .restart:
      pods[i].starts += 1
      pods[i].status = .starting
      pods[i].next = (.running, now + draw(settings.starting, i, .starting))
      return [.stop(pod: id)]
    case .start:
      try restart(i)
      return []
    }
  }

  private mutating func restart(_ i: Int) throws(SandboxProblem) {
    guard balance >= pods[i].rate else { throw .noBalance }
    let (gpu, pod) = (pods[i].order.gpu, pods[i])
    let stock = settings.gpus.first { $0.id == gpu }?.stock ?? 0
    guard pods.count(where: { $0.status.isBilled && $0.order.gpu == gpu }) < stock else {
      // Its own host is the only one it can run on.
      throw SandboxProblem(
        400, "Bad Request", "There are not enough free GPUs on the host machine to start this pod.",
        code: "SUPPLY_CONSTRAINT")
    }
    close(i)
    pods[i].starts += 1
    pods[i].status = .provisioning
    pods[i].statusChange = "Resumed by user"
    pods[i].periods.append(.init(from: now, gpu: pod.rate, disk: Int64(pod.order.disk) * settings.disk))
    pods[i].next = (.starting, now + draw(settings.provisioning, i, .provisioning))
  }

  /// Takes a pod back now, as its hazard would.
  public mutating func interrupt(_ id: String) throws(SandboxProblem) -> [SandboxDeed] {
    guard let i = index(id), pods[i].status.isBilled else { throw .podNotFound }
    pods[i].next = (.exited, now)
    return turn(i)
  }

  /// Its processes have ended by themselves.
  public mutating func ended(_ id: String, code: Int?) {
    guard let i = index(id), pods[i].status == .running else { return }
    halt(
      i, code == 0 ? .exited : .error,
      code.map { "Exited: the container ended with \($0)" } ?? "Exited: the container is gone")
  }

  mutating func runOutOfMoney() -> [SandboxDeed] {
    let poor = pods.indices.filter { pods[$0].periods.last?.until == nil && pods[$0].status != .terminated }
    for i in poor {
      halt(i, pods[i].hasNetworkVolume ? .exited : .terminated, "Exited by Runpod: the account's balance is 0")
      // Nor is the disk of a stopped one billed, or the balance would be below 0.
      close(i)
    }
    return poor.map { .stop(pod: pods[$0].id) }
  }

  mutating func halt(_ i: Int, _ status: SandboxPod.Status, _ why: String) {
    close(i)
    pods[i].next = nil
    pods[i].status = status
    pods[i].statusChange = why
  }

  mutating func close(_ i: Int) {
    guard let last = pods[i].periods.indices.last, pods[i].periods[last].until == nil else { return }
    pods[i].periods[last].until = now
  }
}
