import DiscreteEvent
import Engine
import Foundation
import Live
import Sandbox
import Testing

@testable import RunPod

/// The provider against the sandbox, over real loopback HTTP, under every fault.
@Suite struct RunPodProviderTests {
  // MARK: Creation

  @Test func aPodIsMadeUnderItsNameAndListed() async throws {
    try await Station.with { station in
      let provider = station.provider()
      guard case .created(let pod) = await provider.create(Station.request(), Station.launch) else {
        Issue.record("not created")
        return
      }
      #expect(pod.name == "lt-a1-1-1")
      #expect(pod.hourlyRate == 2_890_000_000)
      #expect(pod.status == .running)
      #expect(await provider.list() == [pod])
      let order = await station.sandbox.pods.first?.order
      #expect(order?.env["LORA_POD"] == "lt-a1-1-1")
      #expect(order?.env["LORA_REPORT"] == "https://train.example.com")
      // Whoever lists pods reads a reference; only the pod itself finds the token.
      #expect(order?.env["HF_TOKEN"]?.hasPrefix("{{ RUNPOD_SECRET_lora_train_hf_") == true)
      #expect(order?.env.values.contains { $0.contains(Station.huggingFace) } == false)
      #expect(await station.sandbox.environment(of: pod.id)?["HF_TOKEN"] == Station.huggingFace)
      #expect(order?.args.hasPrefix("python3 -c '") == true)
    }
  }

  @Test(
    arguments: [
      (SandboxFault.error, CreationAnswer.ambiguous, 0), (.errorAfterSuccess, .ambiguous, 1),
      (.brokenAnswer, .ambiguous, 1),
      (.noAnswer, .ambiguous, 1), (.tooMany, .refused(.error), 0), (.unauthorized, .refused(.key), 0),
    ] as [(SandboxFault, CreationAnswer, Int)])
  func whatIsInDoubtIsAmbiguous(fault: SandboxFault, answer: CreationAnswer, pods: Int) async throws {
    try await Station.with { station in
      await station.sandbox.plan(fault, on: "create")
      #expect(await station.provider().create(Station.request(), Station.launch).plain == answer)
      #expect(await station.sandbox.pods.count == pods)
      // Whoever looks for it by its name finds it.
      #expect(await station.provider().list()?.map(\.name) == Array(repeating: "lt-a1-1-1", count: pods))
    }
  }

  @Test func refusalsAreToldApart() async throws {
    try await Station.with { station in
      let provider = station.provider()
      func create() async -> CreationAnswer { await provider.create(Station.request(), Station.launch) }
      func refused(_ why: Unavailability, _ said: String) async {
        let answer = await create()
        #expect(answer.plain == .refused(why))
        #expect(answer.said?.contains(said) == true && answer.said?.contains("\n    1. ") == true, "\(answer)")
      }
      await station.sandbox.change { $0.stockOuts = 1 }
      await refused(.noCapacity, "No on-demand NVIDIA H100 PCIe is available")
      await station.sandbox.change { ($0.stockOuts, $0.closedDataCenters) = (0, $0.dataCenters) }
      await refused(.region, "data center is temporarily unavailable")
      await station.sandbox.change { ($0.closedDataCenters, $0.spendLimit) = ([], 1) }
      await refused(.quota, "a limit of the account")
      await station.sandbox.change { ($0.spendLimit, $0.deposit) = (80_000_000_000, 1) }
      await refused(.balance, "too little credit")
      let stranger = await station.provider(key: "another").create(Station.request(), Station.launch)
      #expect(stranger.plain == .refused(.key))
      #expect(stranger.said?.contains("RunPod does not accept the API key") == true)
      #expect(await station.sandbox.pods.isEmpty)
    }
  }

  @Test func whereNothingListensThereIsNoPod() async throws {
    try await Station.with(address: "http://127.0.0.1:9") { station in
      let provider = station.provider()
      let answer = await provider.create(Station.request(), Station.launch)
      #expect(answer.plain == .refused(.error))
      #expect(answer.said?.contains("RunPod cannot be reached") == true)
      #expect(await provider.list() == nil)
      #expect(await provider.terminate(pod: "x") == .failed)
    }
  }

  // MARK: Spot

  @Test func spotPodsAreBidForAndTakenBack() async throws {
    try await Station.with(spot: true) { station in
      let provider = station.provider()
      #expect(provider.capabilities.contains(.spot))
      guard case .created(let pod) = await provider.create(Station.request(1, .spot), Station.launch) else {
        Issue.record("not created: \(station.told.all)")
        return
      }
      #expect(pod.hourlyRate == 1_250_000_000)
      #expect(await station.sandbox.pods.first?.order.isInterruptible == true)
      await station.pass(.minutes(5))
      #expect(await provider.list()?.map(\.status) == [.running])
      try await station.sandbox.interrupt(pod.id)
      #expect(await provider.list()?.map(\.status) == [.exited(.interrupted)])
    }
  }

  @Test func aRefusalSaysWhatStockIsReported() async throws {
    try await Station.with(spot: true) { station in
      await station.sandbox.change { $0.stockOuts = 1 }
      let answer = await station.provider().create(Station.request(1, .spot), Station.launch)
      #expect(answer.plain == .refused(.noCapacity))
      #expect(answer.said?.firstMatch(of: /RunPod reports stock: (low|medium|high)/) != nil, "\(answer)")
    }
  }

  @Test func withoutSpotNothingIsAskedFor() async throws {
    var world = Station.calm()
    for i in world.gpus.indices { world.gpus[i].spot = nil }
    try await Station.with(world) { station in
      let account = RunPodAccount(station.settings, time: .init(origin: .zero))
      guard case .value(nil) = await account.offersSpot() else {
        Issue.record("not known to sell none")
        return
      }
      let answer = await station.provider().create(Station.request(1, .spot), Station.launch)
      #expect(answer.plain == .refused(.noCapacity))
      #expect(await station.sandbox.pods.isEmpty)
      #expect(answer.said?.contains("sells no spot pods") == true)
    }
  }

  /// Whoever is not known, or does not answer, sells no fewer spot pods for that.
  @Test func noAnswerIsNoOffer() async throws {
    try await Station.with { station in
      var settings = station.settings
      settings.key = Secret("another")
      guard case .refused(status: 401, _) = await RunPodAccount(settings, time: .init(origin: .zero)).offersSpot()
      else {
        Issue.record("a stranger was answered")
        return
      }
      settings.address = "http://127.0.0.1:9"
      guard case .unreachable = await RunPodAccount(settings, time: .init(origin: .zero)).offersSpot() else {
        Issue.record("nobody was reached")
        return
      }
    }
  }

  /// The worker keeps models and a last state on the volume, where it is told of one.
  @Test func theWorkerIsToldOfTheVolume() async throws {
    try await Station.with { station in
      for (number, volume) in [(1, nil), (2, RunPodSettings.Volume(id: "vol1", path: "/workspace"))] {
        var settings = station.settings
        settings.volume = volume
        let provider = RunPodProvider(
          settings, time: .init(origin: .zero), bundle: { _ in WorkerBundle(link: Secret(Station.link), sha256: "abc") }
        )
        guard case .created = await provider.create(Station.request(UInt32(number)), Station.launch) else {
          Issue.record("not created")
          return
        }
      }
      let volumes = await station.sandbox.pods.map { $0.order.env["LORA_VOLUME"] }
      #expect(volumes == [nil, "/workspace"])
    }
  }

  @Test(arguments: [SandboxFault.error, .errorAfterSuccess, .noAnswer, .brokenAnswer, .tooMany, .unauthorized])
  func aQuestionThatFailsMakesNoPod(fault: SandboxFault) async throws {
    try await Station.with(spot: true) { station in
      // Before a bid its price is asked for.
      await station.sandbox.plan(fault, on: "graphql")
      let answer = await station.provider().create(Station.request(1, .spot), Station.launch).plain
      #expect(answer == .refused(fault == .unauthorized ? .key : .error))
      #expect(await station.sandbox.pods.isEmpty)
    }
  }

  @Test(arguments: [
    (SandboxFault.error, 0), (SandboxFault.errorAfterSuccess, 1), (SandboxFault.brokenAnswer, 1),
    (SandboxFault.noAnswer, 1),
  ])
  func aBidInDoubtIsAmbiguous(fault: SandboxFault, pods: Int) async throws {
    try await Station.with(spot: true) { station in
      await station.sandbox.plan(fault, on: "create")
      #expect(await station.provider().create(Station.request(1, .spot), Station.launch) == .ambiguous)
      #expect(await station.sandbox.pods.count == pods)
    }
  }

  // MARK: Lists

  @Test(arguments: [
    SandboxFault.error, .errorAfterSuccess, .brokenAnswer, .noAnswer, .tooMany, .unauthorized, .cutList,
  ])
  func aListThatIsNotWholeIsNone(fault: SandboxFault) async throws {
    try await Station.with { station in
      for number in 1...4 { _ = await station.provider().create(Station.request(UInt32(number)), Station.launch) }
      await station.sandbox.plan(fault, on: "list")
      #expect(await station.provider().list() == nil)
      #expect(await station.provider().list()?.count == 4)
    }
  }

  @Test func allPagesAreRead() async throws {
    var world = Station.calm()
    (world.page, world.gpus[0].stock, world.spendLimit) = (3, 20, 1_000_000_000_000)
    try await Station.with(world) { station in
      let provider = station.provider()
      for number in 1...10 { _ = await provider.create(Station.request(UInt32(number)), Station.launch) }
      #expect(await provider.list()?.map(\.name) == (1...10).map { "lt-a1-1-\($0)" })
    }
  }

  @Test func rateLimitsAreKeptWithoutAsking() async throws {
    try await Station.with { station in
      // Retry-After is 12 seconds, which do not go by here: nothing is sent, and it is known that nothing was.
      let provider = station.provider(time: LiveTime(origin: LiveTime.machine, scale: 1e-9))
      await station.sandbox.plan(.tooMany, on: "list")
      #expect(await provider.list() == nil)
      #expect(await provider.create(Station.request(), Station.launch).plain == .refused(.error))
      #expect(await provider.terminate(pod: "x") == .failed)
      #expect(await station.sandbox.pods.isEmpty)
      #expect(station.told.all.contains("rate limit"))
    }
  }

  // MARK: Ends

  /// REST v2 says only that a pod is no more; GraphQL says how it came.
  @Test func kindsOfLossAreToldApart() async throws {
    var world = Station.calm()
    world.hostFailures = .constant(7_200)
    try await Station.with(world) { station in
      let provider = station.provider()
      var ids: [String] = []
      for number in 1...3 {
        guard case .created(let pod) = await provider.create(Station.request(UInt32(number)), Station.launch) else {
          Issue.record("not created")
          return
        }
        ids.append(pod.id)
      }
      await station.pass(.minutes(5))
      try await station.sandbox.interrupt(ids[0])
      let stop = SandboxRequest("POST", "/v2/pods/\(ids[1])/action", body: Data(#"{"action": "stop"}"#.utf8))
      _ = await station.sandbox.serve(stop, bearer: Station.key)
      #expect(await provider.list()?.map(\.status) == [.exited(.interrupted), .exited(.lost), .running])
      await station.pass(.hours(2))
      #expect(await provider.list()?.map(\.status).last == .exited(.hostFailure))
      // Where GraphQL does not answer any more, the status has to do.
      await station.sandbox.plan(.error, on: "graphql")
      #expect(
        await station.provider().list()?.map(\.status) == [
          .exited(.interrupted), .exited(.interrupted), .exited(.lost),
        ])
    }
  }

  @Test(arguments: [
    ("Exited by Runpod: the machine was needed elsewhere", LossKind.interrupted),
    ("Exited by Runpod: host maintenance", .hostFailure), ("Exited by Runpod: the account's balance is 0", .lost),
    ("Exited by user: stopped", .lost), ("Rented by User: Thu Nov 26", nil), ("", nil),
  ])
  func lastWordsAreRead(change: String, kind: LossKind?) { #expect(RunPodEnds.kind(change) == kind) }

  /// Without a secret there is no pod that could not load its model, and none whose environment shows the token.
  @Test func whereNoSecretIsKeptNothingIsRented() async throws {
    try await Station.with { station in
      let provider = station.provider()
      await station.sandbox.plan(.error, on: "get")
      let answer = await provider.create(Station.request(), Station.launch)
      #expect(answer.plain == .refused(.error) && answer.said?.contains("HF_TOKEN") == true)
      #expect(await station.sandbox.pods.isEmpty)
      // Kept once; another process finds it there.
      for (number, provider) in [(2, provider), (3, provider), (4, station.provider())] {
        guard case .created = await provider.create(Station.request(UInt32(number)), Station.launch) else {
          Issue.record("request \(number) was not answered with a pod")
          continue
        }
      }
    }
  }

  @Test func anEndIsAcceptedAndThenSeen() async throws {
    try await Station.with { station in
      let provider = station.provider()
      guard case .created(let pod) = await provider.create(Station.request(), Station.launch) else { return }
      #expect(await provider.terminate(pod: "nobody's") == .absent)
      await station.sandbox.plan(.error, on: "delete")
      #expect(await provider.terminate(pod: pod.id) == .failed)
      await station.sandbox.plan(.errorAfterSuccess, on: "delete")
      #expect(await provider.terminate(pod: pod.id) == .failed)
      #expect(await provider.terminate(pod: pod.id) == .absent)
      #expect(await provider.list() == [])
    }
  }

  @Test func billsAreToldWhenTheyAreFinal() async throws {
    try await Station.with { station in
      let provider = station.provider()
      guard case .created(let pod) = await provider.create(Station.request(), Station.launch),
        case .created(let other) = await provider.create(Station.request(2), Station.launch)
      else {
        Issue.record("not created")
        return
      }
      let begin = station.clock.now
      await station.pass(Span(seconds: 9_137.25))
      _ = await provider.list()
      _ = await provider.terminate(pod: pod.id)
      await station.pass(.minutes(80))
      _ = await provider.list()
      #expect(await provider.bills(since: begin - .hours(1)) == [], "it may still change")
      await station.pass(.hours(2))
      _ = await provider.list()
      let cost = try #require(await station.sandbox.cost(of: pod.id))
      #expect(await provider.bills(since: begin - .hours(1)) == [PodBill(pod: pod.id, amount: cost)])
      // One that runs has no final bill.
      #expect(await provider.list()?.map(\.id) == [other.id])
    }
  }

  // MARK: What is asked

  @Test func pricesAndBalanceAreRead() async throws {
    try await Station.with { station in
      let account = RunPodAccount(station.settings, time: .init(origin: .zero))
      guard case .value(let offer?) = await account.offer(), case .value(let money) = await account.money() else {
        Issue.record("no answer")
        return
      }
      #expect(offer.secure == 2_890_000_000)
      #expect(offer.community == 1_990_000_000)
      #expect(offer.availability == "HIGH")
      #expect(money.balance == 1_000_000_000_000)
      guard case .value(1_250_000_000) = await account.offersSpot() else {
        Issue.record("no bid")
        return
      }
      #expect(await account.skew != nil)
    }
  }

  // MARK: Secrets

  @Test func secretsAreNeitherSaidNorInTheCommand() async throws {
    try await Station.with(spot: true) { station in
      let provider = station.provider()
      for (i, fault) in SandboxFault.allCases.enumerated() {
        await station.sandbox.plan(fault, on: i.isMultiple(of: 2) ? "create" : "graphql")
        _ = await station.provider().create(
          Station.request(UInt32(i + 1), i.isMultiple(of: 2) ? .onDemand : .spot), Station.launch)
      }
      _ = await station.provider(key: "rpa-WRONG-SECRET").create(Station.request(90), Station.launch)
      _ = await provider.create(Station.request(91), Station.launch)
      let pods = await station.sandbox.pods
      #expect(!pods.isEmpty)
      var dumped = ""
      dump(station.settings, to: &dumped)
      for text in [station.told.all, dumped, "\(station.settings)", pods.map(\.order.args).joined()] {
        #expect(!text.contains("SECRET"))
      }
      #expect(pods.allSatisfy { $0.order.env["LORA_SECRET"] == Station.workerSecret })
    }
  }
}

/// The limits, under a clock by hand.
@Suite struct CallBudgetTests {
  @Test func aQuarterIsKeptForCommands() {
    var budget = CallBudget()
    let questions = (0..<100).count { _ in budget.admits(.question, at: .zero) }
    let commands = (0..<100).count { _ in budget.admits(.command, at: .zero) }
    #expect(questions == 45)
    #expect(commands == 15)
    let (early, late) = (budget.admits(.command, at: .seconds(59)), budget.admits(.question, at: .seconds(60)))
    #expect(!early)
    #expect(late)
  }

  @Test func aPauseIsKept() {
    var budget = CallBudget()
    budget.hold(for: .seconds(12), at: .zero)
    let (early, late) = (budget.admits(.command, at: .seconds(11)), budget.admits(.command, at: .seconds(12)))
    #expect(!early)
    #expect(late)
  }
}
