import DiscreteEvent
import Engine
import Live

@testable import Live

/// The provider, and the wire to it.
extension VoprWorld {
  /// Carries out an order as the thin shell around the coordinator does.
  func dispatch(_ order: LiveOrder) {
    switch order {
    case .create(let request):
      say("create \(request.name) for job \(request.job.rawValue)")
      post(.call(order))
      // Whatever comes or does not: after a minute nobody waits any more.
      schedule(
        .input(.creationAnswered(request: request.name.request, .ambiguous), process: process), in: .seconds(200))
    case .terminate(let pod):
      say("terminate \(pod)")
      cancels.removeAll { $0.pod == pod }
      post(.call(order))
    case .list, .fetchBills: post(.call(order))
    case .notify: break
    case .acknowledge(let ticket, let acknowledgement):
      if let pod = tickets.removeValue(forKey: ticket) { post(.heard(pod: pod, acknowledgement)) }
    case .answer(_, let answer):
      if case .submitted = answer { acceptedJobs += 1 }
    }
  }

  /// A call arrives at the provider.
  func provide(_ order: LiveOrder) throws {
    if isThrottled(order) { return }
    switch order {
    case .create(let request): create(request)
    case .terminate(let pod): try terminate(pod)
    case .list(let number):
      try lookForOrphans()
      let failed = chance(faults.listFailure)
      var shown = failed ? nil : present.compactMap { omits($0) ? nil : observation(pods[$0]) }
      if !failed, let neighbour {
        let theirs = neighbour.present.compactMap { neighbour.observation(neighbour.pods[$0]) }
        shown?.append(contentsOf: theirs)
        if theirs.contains(where: { $0.id.hasPrefix("pod") }) { sharedLists += 1 }
      }
      try haunt(shown)
      post(.input(.podsListed(number: number, shown), process: process))
    case .fetchBills(let since):
      // As RunPod does: of those that are older, too, what they have cost since.
      // The account's, whoever has rented.
      let bills = (pods + (neighbour?.pods ?? [])).filter { pod in
        pod.name != nil && pod.state != .waiting && pod.billedUntil.map { $0 >= since && now - $0 > .hours(2) } ?? false
      }.map { pod in
        let isWhole = pod.billedUntil.map { now - $0 > .hours(24) } ?? false
        let before = Ledger.cost(hourlyRate: pod.rate, time: max(.zero, since - pod.created))
        let amount = pod.cost(at: now) - before
        return PodBill(pod: pod.id, amount: !isWhole && chance(faults.lateBill) ? amount / 10 * 7 : amount)
      }
      if !bills.isEmpty { post(.input(.billed(bills), process: process)) }
    case .notify, .acknowledge, .answer: break
    }
  }

  private func omits(_ index: Int) -> Bool {
    pods[index].shownFor -= 1
    guard pods[index].shownFor <= 0, chance(faults.omission) else { return false }
    pods[index].shownFor = 4
    return true
  }

  func observation(_ pod: VoprPod) -> PodObservation? {
    guard pod.state != .hidden else { return nil }
    let status: PodObservation.Status =
      switch pod.state {
      case .exited: .exited(pod.kind)
      case .waiting: .waiting
      default: .running
      }
    return PodObservation(
      id: pod.id, name: pod.fullName, status: status, created: pod.created, hourlyRate: pod.rate)
  }

  private func create(_ request: PodRequest) {
    let answer = { [self] (answer: CreationAnswer) in
      post(.input(.creationAnswered(request: request.name.request, answer), process: process))
    }
    // A call that was doubled on the way may be refused and granted.
    let isDouble = !calls.insert(request.name).inserted
    if isDouble { for i in present where pods[i].name == request.name { pods[i].isDoubtful = true } }
    if chance(faults.stockOut) { return answer(.refused(.noCapacity)) }
    var pod = VoprPod(
      id: "pod-\(pods.count)\(podSuffix)", name: request.name, fullName: request.name.description, state: .running,
      created: now,
      visibleFrom: now, rate: request.pricing == .spot ? 2_490_000_000 : 2_890_000_000)
    pod.job = request.job
    pod.isDoubtful = isDouble
    pod.stages = [.boot]
    if !request.isPreprocessed { pod.stages.append(.preprocessing) }
    pod.stages.append(.modelLoading)
    if request.lease > 1 { pod.stages.append(.restore) }
    pod.stages += [.training, .finalization]
    pod.step = request.durableStep
    pod.totalSteps = request.steps
    let isAmbiguous = chance(faults.ambiguity)
    let index = pods.count
    if isAmbiguous, chance(faults.lateness) {
      pod.state = .hidden
      pod.isDoubtful = true
      pod.visibleFrom = now + between(.zero, .minutes(30))
      schedule(.appear(index), in: pod.visibleFrom - now)
    }
    pods.append(pod)
    present.append(index)
    podIndex[pod.id] = index
    say("provider makes \(pod.id) for \(pod.fullName)\(isDouble ? ", a second time" : "")")
    if pod.state == .running, faults.queueing > 0, queue.uniform() < faults.queueing {
      enterQueue(index)
    } else {
      begin(index)
    }
    if isAmbiguous { answer(.ambiguous) } else { answer(observation(pods[index]).map { .created($0) } ?? .ambiguous) }
  }

  /// Its container is started.
  func begin(_ index: Int) {
    schedule(.work(pod: index, generation: 0), in: between(.minutes(2), .minutes(8)))
    if faults.interruption > 0 {
      schedule(.interrupt(index), in: exponential(Span(seconds: 3600 / faults.interruption)))
    }
  }

  func appear(_ index: Int) {
    if pods[index].state == .hidden { pods[index].state = .running }
  }

  private func terminate(_ id: String) throws {
    guard let index = podIndex[id] else {
      throw failure("a pod that is not ours, or never was, is told to go: \(id)")
    }
    if chance(faults.terminationFailure) {
      return post(.input(.terminationAnswered(pod: id, .failed), process: process))
    }
    guard pods[index].state != .gone else {
      return post(.input(.terminationAnswered(pod: id, .absent), process: process))
    }
    stop(index, .gone)
    if faults.lostEnd > 0, weather.uniform() < faults.lostEnd {
      lostEnds += 1
      return post(.input(.terminationAnswered(pod: id, .failed), process: process))
    }
    post(.input(.terminationAnswered(pod: id, .accepted), process: process))
  }

  /// Taken back: it stays, exited; or its host fails, and it is not there any more.
  func interrupt(_ index: Int) {
    guard pods[index].state == .running || pods[index].state == .hidden else { return }
    let vanishes = chance(faults.vanishing * 5)
    pods[index].kind = .interrupted
    if pods[index].isAlive, !vanishes, chance(0.5) { report(index, .interruptionNoticed) }
    say("\(pods[index].id) is \(vanishes ? "lost with its host" : "taken back")")
    stop(index, vanishes ? .gone : .exited)
  }

  private func stop(_ index: Int, _ state: VoprPod.State) {
    pods[index].state = state
    if state == .gone { present.removeAll { $0 == index } }
    if pods[index].billedUntil == nil { pods[index].billedUntil = now }
    // A worker that nobody has stopped writes on.
    if pods[index].isAlive, !chance(faults.zombie) { kill(index) }
  }

  // MARK: Invariants that the provider sees

  /// No pod of ours is billed for long that no open rental owns.
  private func lookForOrphans() throws {
    guard let current = coordinator, current.isConfirmed else { return }
    for i in present where pods[i].state == .running {
      guard let name = pods[i].name else { continue }
      let isKnown = current.book.exists(name.request) && current.book[name.request].epoch == name.epoch
      let rental = isKnown ? current.book[name.request] : nil
      let isOwned = rental.map { !$0.isOver && ($0.pod == nil || $0.pod == pods[i].id) } ?? false
      if isOwned {
        pods[i].orphanSince = nil
      } else {
        let since = pods[i].orphanSince ?? now
        pods[i].orphanSince = since
        if now - max(since, calmSince) > .hours(1) {
          throw failure(
            "\(pods[i].id) (\(pods[i].fullName)) has been billed since \((since - VoprWorld.start).hours) h, and nobody owns it"
          )
        }
      }
    }
  }
}
