import ArgumentParser
import DiscreteEvent
import Foundation
import Live
import Sandbox
import Scenarios

/// A RunPod on this machine.
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "A local RunPod: REST v2 and GraphQL, with spot, stock-outs, interruptions and bills, in scaled time.",
    discussion: """
      Pods are processes of this machine: a pod's command runs in its environment, and is interrupted by SIGTERM, five seconds, SIGKILL. \
      RunPod's own clients work against it. What it is like stands under sandbox: in lora-train.yaml. With --store it is found again as it \
      was; without, its pods end with it.

      EXAMPLE
        lora-train sandbox --port 8089 --time-scale 3600
        RUNPOD_API_BASE_URL=http://127.0.0.1:8089 RUNPOD_API_KEY=sandbox lora-train doctor
        lora-train sandbox --fault create=errorAfterSuccess:0.2 --fault list=cutList:0.1
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "The address to listen at.") var host = "127.0.0.1"
  @Option(help: "The port to listen at; 0: any that is free.") var port = 8089
  @Option(help: ArgumentHelp("A folder that remembers it, and has its pods.", valueName: "folder")) var store: String?
  @Option(help: ArgumentHelp("Seconds of its time in one of ours.", valueName: "n")) var timeScale = 1.0
  @Option(help: ArgumentHelp("What requests have to bear; RUNPOD_API_KEY, else sandbox, without it.", valueName: "key"))
  var apiKey: String?
  @Option(help: ArgumentHelp("What its luck comes from (1).", valueName: "n")) var seed: UInt64?
  @Option(
    help: ArgumentHelp(
      "How often a fault meets an operation, OPERATION=FAULT:PROBABILITY. Operations: create, list, get, action, delete, catalog, "
        + "billing, graphql. Faults: \(SandboxFault.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "fault")) var fault: [String] = []
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard timeScale >= 1, timeScale <= 100_000 else {
      throw ValidationError("--time-scale must be between 1 and 100,000")
    }
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65,535") }
    _ = try faults()
  }

  func faults() throws -> [SandboxFault.Rate] {
    let operations = ["create", "list", "get", "action", "delete", "catalog", "billing", "graphql"]
    return try fault.map { text in
      let words = text.split { $0 == "=" || $0 == ":" }.map(String.init)
      guard words.count == 3, operations.contains(words[0]), let fault = SandboxFault(rawValue: words[1]),
        let probability = Double(words[2]), (0...1).contains(probability)
      else {
        throw ValidationError("--fault is like create=errorAfterSuccess:0.2, not \(text)")
      }
      return SandboxFault.Rate(words[0], fault, probability)
    }
  }

  func run() async throws {
    let configuration = try options.read()
    var settings = SandboxSettings(configuration.sandbox)
    settings.faults = try faults()
    let environment = ProcessInfo.processInfo.environment
    let key = apiKey ?? environment["RUNPOD_API_KEY"].flatMap { $0.isEmpty ? nil : $0 } ?? "sandbox"
    // Of a name that nobody can guess: what runs here begins in it.
    let folder =
      store ?? FileManager.default.temporaryDirectory.appendingPathComponent("lora-sandbox-\(UUID().uuidString)").path
    defer { if store == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let time = try SandboxCommand.time(timeScale, folder: folder)
    let sandbox = try SandboxHost(
      settings: settings, seed: seed ?? configuration.sandbox.seed ?? 1, key: key, scale: time.scale, folder: folder,
      clock: { time.reading.wall })
    signal(SIGPIPE, SIG_IGN)
    let (diary, host, json) = (Diary(), host, output.json)
    try await SandboxServer(sandbox).run(address: host, port: port, stopsOnSignals: true) { port in
      let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
      if json {
        ServeCommand.announce([
          ("url", .string(url)), ("folder", .string(folder)), ("time_scale", .number(time.scale)),
        ])
      }
      diary.say("RunPod is played at \(url), in \(folder)")
      if time.scale != 1 { diary.say("1 second is \(Words.duration(time.scale)) of its time") }
    }
    if store == nil {
      await sandbox.killPods()
      diary.say("stopped, with its pods")
    } else {
      diary.say("stopped; pods go on, and are found again")
    }
  }

  /// A sandbox's time goes on while it is not served, at the pace that it began with.
  private static func time(_ scale: Double, folder: String) throws -> LiveTime {
    let file = URL(fileURLWithPath: folder).appendingPathComponent("clock.json")
    struct Start: Codable {
      var origin: Int64
      var scale: Double
    }
    if let data = FileManager.default.contents(atPath: file.path),
      let start = try? JSONDecoder().decode(Start.self, from: data)
    {
      guard scale == 1 || scale == start.scale else {
        throw InputError(
          .badConfiguration, file: folder, "its time goes by \(JSON.digits(start.scale)) times as fast as ours",
          hint: "a sandbox keeps its time scale: leave out --time-scale, or name a new folder")
      }
      return LiveTime(origin: Instant(microseconds: start.origin), scale: start.scale)
    }
    let time = LiveTime(origin: LiveTime.machine, scale: scale)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try JSONEncoder().encode(Start(origin: time.origin.microseconds, scale: scale)).write(to: file, options: .atomic)
    } catch {
      throw InputError(
        .cannotCreate, file: folder, "cannot be made", hint: "check that the folder above it is writable")
    }
    return time
  }
}
