import ArgumentParser
import Foundation
import Live
import RunPod
import Scenarios
import Slurm

/// Where the configuration of live mode is; what the environment says goes before it, what the command line says before both.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration; lora-train.yaml in this folder, if there is one, without it.", valueName: "file"))
  var config: String?

  private static let usual = "lora-train.yaml"

  /// - Throws: `InputError` where it cannot be read or understood, or holds a secret that others may read.
  func read() throws -> ServiceConfiguration {
    guard let path = config ?? (FileManager.default.fileExists(atPath: Self.usual) ? Self.usual : nil) else {
      return ServiceConfiguration()
    }
    let configuration = try ServiceConfigurationReader.read(path: path)
    var status = stat()
    let isOpen = stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    let secrets = [configuration.runPod.key, configuration.huggingFaceToken, configuration.objects.s3?.secretKey]
    if isOpen, secrets.contains(where: { $0 != nil }) || configuration.notifications.holdsSecrets {
      throw InputError(
        .badConfiguration, file: path, "holds a secret, and others may read it",
        hint: "chmod 600 \(path), or set RUNPOD_API_KEY, HF_TOKEN, AWS_SECRET_ACCESS_KEY and LORA_TRAIN_SMTP_PASSWORD "
          + "in the environment")
    }
    return configuration
  }
}

extension ServiceConfiguration {
  /// What RunPod is asked with.
  ///
  /// - Throws: `InputError` where there is no key.
  func runPodSettings(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> RunPodSettings {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard let key = variable("RUNPOD_API_KEY") ?? runPod.key else {
      throw InputError(
        .badConfiguration, file: file, "there is no key for RunPod",
        hint: "set RUNPOD_API_KEY (https://console.runpod.io/user/settings), or try serve --sandbox without an account")
    }
    guard key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw InputError(.badConfiguration, "the key for RunPod has characters that no key has", hint: "copy it again")
    }
    var settings = RunPodSettings(key: Secret(key))
    if let address = variable("RUNPOD_API_BASE_URL") ?? runPod.address {
      settings.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    }
    settings.gpu = runPod.gpu ?? settings.gpu
    settings.image = runPod.image ?? settings.image
    settings.isCommunity = runPod.isCommunity ?? settings.isCommunity
    settings.dataCenters = runPod.dataCenters ?? settings.dataCenters
    settings.disk = runPod.disk ?? settings.disk
    settings.volume = runPod.volume.map { .init(id: $0.id, path: $0.path) }
    settings.huggingFace = tokenOfHuggingFace(environment).map { Secret($0) }
    return settings
  }

  /// What models whose licence has to be accepted are loaded with.
  func tokenOfHuggingFace(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    environment["HF_TOKEN"].flatMap { $0.isEmpty ? nil : $0 } ?? huggingFaceToken
  }

  /// Where on the cluster pods come from.
  ///
  /// - Throws: `InputError` where the ledger would not know what an hour of them is.
  func slurmSettings() throws -> SlurmSettings {
    let hint = "hourly_rate: 2.10, what an hour of one GPU is worth to you"
    guard let rate = slurm.hourlyRate else {
      throw InputError(.badConfiguration, file: file, "slurm.hourly_rate is missing", hint: hint)
    }
    if slurm.preemptiblePartition != nil, slurm.preemptibleHourlyRate == nil {
      throw InputError(.badConfiguration, file: file, "slurm.preemptible_hourly_rate is missing", hint: hint)
    }
    var settings = SlurmSettings(onDemandRate: rate, spotRate: slurm.preemptibleHourlyRate ?? rate)
    settings.partition = slurm.partition
    settings.preemptiblePartition = slurm.preemptiblePartition
    settings.account = slurm.account
    settings.gres = slurm.gres
    return settings
  }

  /// Whether what is asked is on this machine: a sandbox, so nothing costs money, and pods reach us.
  static func isLoopback(_ address: String) -> Bool { KeptAddress.isHere(address) }
}
