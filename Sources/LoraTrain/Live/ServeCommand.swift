import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Live
import LocalPods
import Planning
import Scenarios
import Web

/// Live mode: the engine that forecasts, with real pods.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Runs jobs on pods, survives what happens to them, and answers people and workers over HTTP.",
    discussion: """
      Pods are processes of this machine. Their worker trains nothing and takes its time; with --worker-python, jobs that name a training \
      file are really trained. The store is made where it is not there yet. \
      Ends on SIGTERM or SIGINT; pods go on, and are found again.

      EXAMPLE
        lora-train serve --store team.store --budget 500 --time-scale 600
        lora-train job create --store team.store --name first --pairs 500 --tokens-per-pair 3400 --yes
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: "The address to listen at.") var host = "127.0.0.1"
  @Option(help: "The port to listen at; 0: any that is free.") var port = 8088
  @Option(help: ArgumentHelp("Of a new store: seconds of its time in one of ours.", valueName: "n")) var timeScale = 1.0
  @Option(help: ArgumentHelp("Of a new store: how many jobs may run at once.", valueName: "n")) var slots: Int32 = 3
  @Option(help: ArgumentHelp("Of a new store: the monthly limit in US dollars.", valueName: "usd")) var budget: Double?
  @Option(help: ArgumentHelp("What estimates stand on; without it the shipped priors.", valueName: "file")) var history:
    String?

  @Option(
    help: ArgumentHelp(
      "A Python with the worker's requirements: it trains the jobs that name a training file.", valueName: "path"))
  var workerPython: String?
  @Option(help: ArgumentHelp("JSON that is laid over each such job: the model, for one.", valueName: "file"))
  var workerSettings: String?

  func validate() throws {
    guard timeScale >= 1, timeScale <= 100_000 else {
      throw ValidationError("--time-scale must be between 1 and 100,000")
    }
    guard slots >= 1, slots <= 1_000 else { throw ValidationError("--slots must be between 1 and 1,000") }
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65,535") }
    if workerSettings != nil, workerPython == nil { throw ValidationError("--worker-settings needs --worker-python") }
    if let budget, !(budget >= 0 && budget < 1e9) { throw ValidationError("--budget must be at least 0") }
  }

  func run() async throws {
    let path = store.path
    let quoter = try await Quoter(history: history)
    let live = try LiveStore(
      path: path,
      plan: .init(slots: slots, limit: budget.map { Int64(($0 * 1e9).rounded()) }, timeScale: timeScale))
    let forecaster = try LiveForecaster(store: path, history: history)
    let settings = try workerSettings.map { path in
      guard let data = FileManager.default.contents(atPath: path),
        (try? JSONSerialization.jsonObject(with: data)) != nil
      else { throw InputError(.noInput, file: path, "cannot be read as JSON", hint: "check --worker-settings") }
      return String(decoding: data, as: UTF8.self)
    }
    let trainer = try workerPython.map {
      try LocalTrainer(python: $0, files: path + ".files", objects: path + ".objects", settings: settings)
    }
    let pods = try LocalPods(folder: path + ".pods", time: live.time, rates: quoter.rates, trainer: trainer)
    let diary = Diary()
    let address = Address()
    let runner = try LiveRunner(
      { try live.coordinator() }, time: live.time, provider: pods, keys: live.keys,
      reportAddress: { await address.value },
      tell: { diary.write($0) })
    let server = WebServer(
      runner: runner, keys: live.keys, store: live.name, storePath: path, token: live.token,
      advice: WebServer.Advice(
        quote: { try await quoter.quote($0) }, forecast: { try await forecaster.forecast($0) }))
    let (host, name, scale) = (host, live.name, live.time.scale)
    // Signals are the server's now: what is going on is brought to an end.
    signal(SIGPIPE, SIG_IGN)
    try await server.run(host: host, port: port) { port in
      let url = "http://\(host == "0.0.0.0" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host):\(port)"
      await address.set(url)
      try? Data((url + "\n").utf8).write(to: URL(fileURLWithPath: path + ".address"), options: .atomic)
      diary.say("serving \(path) (store \(name)) at \(url)")
      if scale != 1 { diary.say("1 second is \(Words.duration(scale)) of the store's time") }
      if await !runner.view.isConfirmed {
        diary.say(
          "this store is a copy, or was moved: nothing is rented or ended until somebody says: "
            + "lora-train store confirm --store \(path)")
      }
    }
    // Its lock is held until here.
    withExtendedLifetime(live) {}
    diary.say("stopped; pods go on, and are found again")
  }
}

/// Where workers reach us: known once the port is open.
private actor Address {
  private var url: String?
  private var waiting: [CheckedContinuation<String, Never>] = []

  var value: String {
    get async {
      if let url { return url }
      return await withCheckedContinuation { waiting.append($0) }
    }
  }

  func set(_ url: String) {
    self.url = url
    for continuation in waiting { continuation.resume(returning: url) }
    waiting = []
  }
}
