import DiscreteEvent
import Engine
import Live

/// The workers: each knows its own stages, keeps what is not acknowledged, and says it again.
extension VoprWorld {
  func kill(_ index: Int) {
    pods[index].isAlive = false
    pods[index].generation += 1
    pods[index].outbox.removeAll()
  }

  /// The next thing on this pod is done.
  func work(_ index: Int, _ generation: Int) {
    guard pods[index].generation == generation, pods[index].state != .gone || pods[index].isAlive else { return }
    if pods[index].state == .exited, !pods[index].isAlive { return }
    if !pods[index].isAlive {
      pods[index].isAlive = true
      schedule(.send(pod: index, generation: generation, heartbeat: true), in: .minutes(4))
    }
    if pods[index].isStopping { return finishStopping(index) }
    if chance(faults.workerDeath / 4) {
      say("the worker on \(pods[index].id) dies")
      guard chance(0.5) else { return kill(index) }
      pods[index].hasFailed = true
      return report(index, .failed(.workerCrash))
    }
    guard let stage = pods[index].stages.first else { return }
    if stage == .training, pods[index].step < pods[index].totalSteps {
      pods[index].step = min(pods[index].totalSteps, pods[index].step + 20)
      if pods[index].step < pods[index].totalSteps {
        save(index)
        return schedule(.work(pod: index, generation: generation), in: between(.minutes(10), .minutes(25)))
      }
    }
    pods[index].stages.removeFirst()
    if stage == .finalization { finished.insert(pods[index].job) }
    report(index, .stageFinished(stage))
    if !pods[index].stages.isEmpty {
      schedule(.work(pod: index, generation: generation), in: between(.minutes(1), .minutes(15)))
    }
  }

  private func save(_ index: Int) {
    let pod = pods[index]
    saved[pod.job] = max(saved[pod.job] ?? 0, pod.step)
    report(index, .checkpointSaved(step: pod.step, age: .zero, blocked: .seconds(20)))
  }

  private func finishStopping(_ index: Int) {
    if pods[index].stages.first == .training { save(index) }
    report(index, .stopped)
  }

  func report(_ index: Int, _ body: WorkerReport.Body) {
    guard let name = pods[index].name else { return }
    let report = WorkerReport(
      request: name.request, epoch: name.epoch, pod: saysPod ? pods[index].id : nil,
      sequence: pods[index].nextSequence, body: body)
    pods[index].nextSequence += 1
    pods[index].outbox.append((report, now))
    if pods[index].outbox.count == 1 { send(index, pods[index].generation, false) }
  }

  func send(_ index: Int, _ generation: Int, _ heartbeat: Bool) {
    guard pods[index].isAlive, pods[index].generation == generation, let name = pods[index].name else { return }
    if heartbeat {
      let id = saysPod ? pods[index].id : nil
      say2(index, WorkerReport(request: name.request, epoch: name.epoch, pod: id, sequence: 0, body: .heartbeat))
      schedule(.send(pod: index, generation: generation, heartbeat: true), in: .minutes(4))
      return
    }
    guard !pods[index].outbox.isEmpty else { return }
    for (report, at) in pods[index].outbox {
      var report = report
      if case .checkpointSaved(let step, _, let blocked) = report.body {
        report.body = .checkpointSaved(step: step, age: now - at, blocked: blocked)
      }
      say2(index, report)
    }
    schedule(.send(pod: index, generation: generation, heartbeat: false), in: .seconds(30))
  }

  private func say2(_ index: Int, _ report: WorkerReport) {
    ticket += 1
    tickets[ticket] = index
    post(.input(.reported(report, ticket: ticket), process: process))
    if faults.forgery > 0 { forge(index, report) }
  }

  func hear(_ index: Int, _ acknowledgement: Acknowledgement) throws {
    guard pods[index].isAlive else { return }
    if acknowledgement.directive != .wait {
      pods[index].outbox.removeAll { $0.report.sequence < acknowledgement.next }
      pods[index].acknowledged = max(pods[index].acknowledged, acknowledgement.next)
    }
    // A worker that is done and is not told to go falls silent. (Of two pods under one name that do not say which they are, the second's first report is taken
    // for the first's: it is then its silence that is noticed.)
    if pods[index].hasFailed, pods[index].outbox.isEmpty { return kill(index) }
    switch acknowledgement.directive {
    case .proceed, .wrapUp, .wait: break
    case .stop:
      guard !pods[index].isStopping else { return }
      pods[index].isStopping = true
      pods[index].generation += 1
      if chance(faults.workerDeath) {
        say("the worker on \(pods[index].id) hangs as it saves")
        return schedule(.send(pod: index, generation: pods[index].generation, heartbeat: true), in: .minutes(4))
      }
      let generation = pods[index].generation
      schedule(.work(pod: index, generation: generation), in: .minutes(3))
      schedule(.send(pod: index, generation: generation, heartbeat: true), in: .minutes(4))
      if !pods[index].outbox.isEmpty { send(index, generation, false) }
    case .leave: kill(index)
    }
  }
}
