import Engine
import Foundation
import Live
import LocalPods
import RunPod
import Sandbox
import Scenarios
import Slurm
import Web
import Worker

/// Where a store's pods come from, and what goes with that.
struct LivePods: Sendable {
  enum Source: Sendable {
    case local
    case runPod(RunPodSettings)
    /// Jobs of a cluster; without a Python that trains they only play.
    case slurm(SlurmSettings, python: String?)
    /// A sandbox in this process.
    case sandbox(SandboxSettings, seed: UInt64)

    /// What pods cost, where that is not the provider's to say; nanodollars an hour.
    var rates: (spot: Int64, onDemand: Int64)? {
      if case .slurm(let settings, _) = self {
        (settings.hourlyRate(.spot), settings.hourlyRate(.onDemand))
      } else {
        nil
      }
    }

    /// Whether pods are only played: no money is spent, and time may go by faster.
    var isPlayed: Bool {
      switch self {
      case .runPod(let settings): ServiceConfiguration.isLoopback(settings.address)
      case .slurm(_, let python): python == nil
      case .local, .sandbox: true
      }
    }
  }

  let provider: any PodProvider
  let shelf: BundleShelf?
  /// What they cost, where that is not the provider's to say; nanodollars an hour.
  var rates: (spot: Int64, onDemand: Int64)?
  /// Why there are no spot pods, where there are none.
  var without = noSpot
  /// Whose they are, and what they have, as pages say it.
  var place: (provider: String, gpu: String) = ("local", "h100-pcie-80gb, played")
  /// What the provider asks for them now; nil: it has not answered yet.
  var offers: @Sendable () async -> [RateDocument]? = { [] }
  /// Their workers play jobs without a training file; else such a job would rent a pod on which nothing happens.
  var isPlayed = true

  /// - Throws: `InputError` where the worker is not installed, or a folder cannot be made.
  static func local(_ live: LiveStore, rates: (spot: Int64, onDemand: Int64), trainer: LocalTrainer?) throws
    -> LivePods
  {
    LivePods(
      provider: try LocalPods(folder: live.path + ".pods", time: live.time, rates: rates, trainer: trainer), shelf: nil)
  }

  /// - Throws: `InputError` where the worker is not installed.
  ///
  /// - Parameter training: JSON that is laid over each job that names a training file; nil: they are only played, as all others are.
  static func runPod(
    _ settings: RunPodSettings, _ live: LiveStore, asksForSpot: Bool, training: String?, _ diary: Diary
  ) async throws -> LivePods {
    guard let worker = LocalPods.standIn, let standIn = FileManager.default.contents(atPath: worker.path),
      let trainer = try? WorkerPackage.bundle()
    else {
      throw InputError(
        .badConfiguration, "the worker that comes with lora-train is not beside it", hint: "install it again, whole")
    }
    let shelf = BundleShelf([standIn, trainer], keys: live.keys)
    let digests = (standIn: BundleShelf.digest(of: standIn), trainer: BundleShelf.digest(of: trainer))
    var settings = settings
    if asksForSpot {
      settings.offersSpot = try await LivePods.offersSpot(RunPodAccount(settings, time: live.time)) { diary.say($0) }
    }
    let provider = RunPodProvider(
      settings, time: live.time,
      bundle: { launch in
        let training = launch.description.trainingFile == nil ? nil : training
        let digest = training == nil ? digests.standIn : digests.trainer
        let link = shelf.link(to: digest, at: launch.reportAddress)
        return WorkerBundle(
          link: Secret(link), sha256: digest,
          environment: training.map {
            ["LORA_TRAINING_FILE": "served", "LORA_OBJECTS": "served", "LORA_WORKER_SETTINGS": $0]
          } ?? [:])
      }, tell: { diary.say($0) })
    var pods = LivePods(
      provider: provider, shelf: shelf, without: asksForSpot ? noSpot : "runpod.spot in lora-train.yaml says so",
      isPlayed: ServiceConfiguration.isLoopback(settings.address))
    pods.place = (pods.isPlayed ? "sandbox" : "runpod", settings.gpu)
    pods.offers = RunPodRates(settings, time: live.time, provider: pods.place.provider).soon
    return pods
  }

  private static let noSpot = "this RunPod account sells none"

  /// Whether spot pods are to be asked for. Where RunPod does not answer they are: it refuses them where there are none, and serve goes on.
  ///
  /// - Throws: `InputError` where the key is not accepted: nothing could be rented.
  static func offersSpot(_ account: RunPodAccount, _ say: (String) -> Void) async throws(InputError) -> Bool {
    switch await account.offersSpot() {
    case .value(let bid):
      if bid == nil { say("this account is offered no spot pods: jobs run on demand") }
      return bid != nil
    case .refused(status: 401, let why), .refused(status: 403, let why):
      throw InputError(
        .badConfiguration, "RunPod does not accept the API key: \(why)",
        hint: "set RUNPOD_API_KEY to a key of https://console.runpod.io/user/settings")
    case .refused(_, let why), .unreachable(let why):
      say("RunPod does not say whether it has spot pods (\(why)): they are asked for, and refused where there are none")
      return true
    }
  }

  /// - Throws: `InputError` where Slurm or the worker is not installed, or a folder cannot be made.
  static func slurm(_ settings: SlurmSettings, _ live: LiveStore, trainer: LocalTrainer?, _ diary: Diary) throws
    -> LivePods
  {
    guard let worker = LocalPods.standIn else {
      throw InputError(
        .badConfiguration, "the worker that comes with lora-train is not beside it", hint: "install it again, whole")
    }
    let time = live.time
    var training: (@Sendable (String) throws -> [String: String])?
    if let trainer { training = { try trainer.environment(of: $0, time) } }
    let provider = try SlurmPods(
      settings, programs: try SlurmPrograms(), folder: live.path + ".slurm", time: time, worker: worker,
      training: training, tell: { diary.say($0) })
    if settings.preemptiblePartition == nil { diary.say("there is no preemptible partition: jobs run on demand") }
    var pods = LivePods(
      provider: provider, shelf: nil, rates: Source.slurm(settings, python: nil).rates,
      without: "slurm.preemptible_partition in lora-train.yaml names none", isPlayed: trainer == nil)
    pods.place = ("slurm", "\(settings.gpus) GPU\(settings.gpus == 1 ? "" : "s")")
    return pods
  }

  /// What a rented GPU trains where nothing else is said: the presets are of this model.
  static let model = """
    {"model": {"kind": "pretrained", "name": "meta-llama/Meta-Llama-3-70B-Instruct", "quantization": "nf4", "dtype": "bfloat16", \
    "gradient_checkpointing": true}}
    """

  /// - Throws: `InputError`, said to whoever asks for a job that would train nothing.
  func check(_ new: NewJob) throws(InputError) {
    guard isPlayed || new.training_file != nil else {
      throw InputError(
        .badData, "pods cost money here, and without a training file there is nothing to train",
        hint: "name one: --training-file, or training_file; or try serve --sandbox")
    }
  }

  /// - Throws: `InputError`, said to whoever asks for a job that could not run.
  func check(_ pricing: Pricing) throws {
    guard pricing == .onDemand || provider.capabilities.contains(.spot) else {
      throw InputError(
        .unavailable, "no spot pods are to be had: \(without)",
        hint: "choose --pricing on_demand")
    }
  }
}

extension SandboxSettings {
  /// The world of `lora-train.yaml`.
  init(_ configuration: ServiceConfiguration.Sandbox) {
    self.init()
    if let interruptions = configuration.interruptions { self.interruptions = interruptions }
    provisioning = configuration.provisioning ?? provisioning
    starting = configuration.starting ?? starting
    stockOuts = configuration.stockOuts ?? stockOuts
    slowBoots = configuration.slowBoots ?? slowBoots
    deposit = configuration.balance ?? deposit
    if configuration.offersSpot == false { for i in gpus.indices { gpus[i].spot = nil } }
  }
}
