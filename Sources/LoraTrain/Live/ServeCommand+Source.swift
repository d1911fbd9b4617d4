import Foundation
import Live
import LocalPods
import RunPod
import Sandbox
import Scenarios
import Slurm

extension ServeCommand {
  /// Where pods come from: as it is said here, else in the configuration.
  func source(_ configuration: ServiceConfiguration) throws -> LivePods.Source {
    if sandbox { return .sandbox(SandboxSettings(configuration.sandbox), seed: configuration.sandbox.seed ?? 1) }
    let named: [String: ServiceConfiguration.Provider] = ["local": .local, "runpod": .runPod, "slurm": .slurm]
    switch provider.flatMap({ named[$0] }) ?? configuration.provider {
    case .runPod:
      var settings = try configuration.runPodSettings()
      settings.offersSpot = configuration.runPod.spot ?? false
      return .runPod(settings)
    case .slurm:
      return .slurm(try configuration.slurmSettings(), python: workerPython ?? configuration.slurm.workerPython)
    case .local, nil: return .local
    }
  }

  /// Those of `--worker-settings`.
  func settingsOfWorker() throws -> String? {
    try workerSettings.map { try WorkerSettings.read($0, hint: "check --worker-settings") }
  }

  /// The worker that trains, where there is a Python for it.
  ///
  /// - Parameter settings: JSON that is laid over each job's.
  func trainer(
    _ path: String, _ python: String?, _ configuration: ServiceConfiguration, settings: String?
  ) throws -> LocalTrainer? {
    let settings = WorkerSettings.naming(
      configuration.support, in: settings ?? (configuration.support == nil ? nil : "{}"))
    return try python.map {
      try LocalTrainer(
        python: $0, files: path + ".files", objects: path + ".objects", settings: settings,
        huggingFace: configuration.tokenOfHuggingFace())
    }
  }

  /// Serves a sandbox on a port of its own for as long as `body` goes on.
  func withSandbox(
    _ world: SandboxSettings, seed: UInt64, _ live: LiveStore, _ diary: Diary,
    _ body: (RunPodSettings) async throws -> Void
  ) async throws {
    let key = SecretFile.random(24).hex
    let time = live.time
    let host = try SandboxHost(
      settings: world, seed: seed, key: key, scale: time.scale, folder: live.path + ".sandbox",
      clock: { time.reading.wall })
    let address = ServerAddress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await SandboxServer(host).run(address: "127.0.0.1", port: 0) { port in
          await address.set("http://127.0.0.1:\(port)")
        }
      }
      var settings = RunPodSettings(key: Secret(key))
      settings.address = await address.value
      diary.say("pods come from a sandbox: nothing costs money")
      try await body(settings)
      group.cancelAll()
    }
  }

  /// What estimates stand on is what pods cost in a sandbox, too.
  static func priced(_ world: SandboxSettings, _ quoter: Quoter) -> SandboxSettings {
    var world = world
    world.gpus[0].spot = world.gpus[0].spot.map { _ in quoter.rates.spot }
    (world.gpus[0].secure, world.gpus[0].community) = (quoter.rates.onDemand, quoter.rates.onDemand)
    return world
  }

  /// What a new sandbox's store begins with.
  func month(_ source: LivePods.Source, _ quoter: Quoter) -> SampleMonth.World? {
    guard case .sandbox(let world, let seed) = source else { return nil }
    return SampleMonth.World(settings: ServeCommand.priced(world, quoter), seed: seed)
  }
}
