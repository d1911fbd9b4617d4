import DiscreteEvent

/// A provider that has a queue: a pod is made, and waits until there is room for it.
extension VoprWorld {
  func enterQueue(_ index: Int) {
    queuedPods += 1
    (pods[index].state, pods[index].billedUntil) = (.waiting, now)
    schedule(.leaveQueue(index), in: Span(seconds: queue.uniform() * queue.uniform() * 21_600))
  }

  func leaveQueue(_ index: Int) {
    // Whoever was told to go has left it already.
    guard pods[index].state == .waiting else { return }
    say("\(pods[index].id) leaves the queue")
    (pods[index].state, pods[index].created, pods[index].billedUntil) = (.running, now, nil)
    begin(index)
  }
}
