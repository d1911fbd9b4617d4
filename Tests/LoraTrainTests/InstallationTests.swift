import ArgumentParser
import Foundation
import Scenarios
import Testing

@testable import LoraTrain

/// The program needs what is installed beside it, and says so before it would break for want of it.
@Suite struct InstallationTests {
  @Test func whatWasBuiltIsWhole() throws {
    try Installation.check(beside: CommandLineTool.binary.deletingLastPathComponent())
  }

  @Test func aProgramThatWasCopiedAloneSaysWhatIsMissing() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lora-train-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in Installation.resources.dropLast() {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("lora-train_\(name).resources"), withIntermediateDirectories: true)
    }
    let error = #expect(throws: InputError.self) { try Installation.check(beside: folder) }
    #expect(error?.kind == .badConfiguration && error?.hint?.contains("make install") == true)
    #expect(error?.file?.hasSuffix("lora-train_\(Installation.resources.last ?? "").resources") == true)
  }

  @Test func forecastsNeedNothingBeside() {
    #expect(!Installation.isNeeded(by: EstimateCommand.self))
    #expect(Installation.isNeeded(by: ServeCommand.self) && Installation.isNeeded(by: RatersCommand.self))
  }
}
