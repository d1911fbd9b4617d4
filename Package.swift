// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "lora-train",
  products: [
    .library(name: "DiscreteEvent", targets: ["DiscreteEvent"]),
    .library(name: "Engine", targets: ["Engine"]),
    .library(name: "Calibration", targets: ["Calibration"]),
    .library(name: "Scenarios", targets: ["Scenarios"]),
    .library(name: "Simulator", targets: ["Simulator"]),
    .library(name: "Journal", targets: ["Journal"]),
    .library(name: "Planning", targets: ["Planning"]),
    .library(name: "Live", targets: ["Live"]),
    .executable(name: "lora-train", targets: ["Program"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .target(name: "DiscreteEvent"),
    .target(name: "Engine", dependencies: ["DiscreteEvent"]),
    .target(name: "Calibration", dependencies: ["DiscreteEvent", "Engine", "CGSL"]),
    .target(
      name: "Scenarios",
      dependencies: [
        "DiscreteEvent", "Engine", "Calibration", "Yams",
      ]),
    .target(name: "Simulator", dependencies: ["DiscreteEvent", "Engine", "Calibration"]),
    .target(
      name: "Journal",
      dependencies: [
        "DiscreteEvent", "Engine", "Calibration", "Scenarios", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(name: "Planning", dependencies: ["DiscreteEvent", "Engine", "Calibration", "Scenarios", "Simulator"]),
    .target(
      name: "Live",
      dependencies: [
        "DiscreteEvent", "Engine", "Calibration", "Scenarios", "Journal",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(name: "Transport", dependencies: ["CCurl"]),
    .target(name: "Markup"),
    .target(name: "Worker", resources: [.copy("Resources")]),
    .target(name: "Processes"),
    .target(
      name: "LocalPods", dependencies: ["DiscreteEvent", "Engine", "Scenarios", "Live", "Processes", "Worker"],
      resources: [.copy("Resources")]),
    .target(
      name: "RunPod",
      dependencies: [
        "DiscreteEvent", "Engine", "Scenarios", "Journal", "Live", "Transport",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "Slurm",
      dependencies: ["DiscreteEvent", "Engine", "Scenarios", "Live", "Processes", "Worker"]),
    .target(
      name: "ObjectStores",
      dependencies: ["Scenarios", "Live", "Transport", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "Notifications",
      dependencies: [
        "Scenarios", "Journal", "Live", "Transport", "Markup", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "Validation", dependencies: ["DiscreteEvent", "Calibration", "Scenarios", "Yams"],
      resources: [.copy("Resources")]),
    .target(name: "Reports", dependencies: ["CCairo", "Markup", "Validation"]),
    .target(name: "Assets", dependencies: ["CZlib", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "Sandbox",
      dependencies: [
        "DiscreteEvent", "Scenarios", "Processes", .product(name: "Hummingbird", package: "hummingbird"),
      ]),
    .target(
      name: "Web",
      dependencies: [
        "DiscreteEvent", "Engine", "Calibration", "Scenarios", "Journal", "Live", "Reports", "Validation",
        "Assets", "CZlib", "Markup",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(
      name: "LoraTrain",
      dependencies: [
        "DiscreteEvent", "Engine", "Calibration", "Scenarios", "Simulator", "Journal", "Planning", "Live",
        "Transport", "Worker", "LocalPods", "RunPod", "Slurm", "ObjectStores", "Notifications", "Validation", "Reports",
        "Sandbox",
        "Web",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], exclude: ["Service"]),
    // With the language's library inside and at a fixed address: loaded in half the time, and by servers without Swift.
    .executableTarget(
      name: "Program", dependencies: ["LoraTrain"],
      linkerSettings: [
        .unsafeFlags(["-static-stdlib", "-Xclang-linker", "-no-pie"]),
        // What the shared libraries would fetch themselves, each before what it needs.
        .linkedLibrary("Foundation"), .linkedLibrary("FoundationInternationalization"),
        .linkedLibrary("FoundationEssentials"), .linkedLibrary("CoreFoundation"), .linkedLibrary("_FoundationICU"),
        .linkedLibrary("_FoundationCollections"), .linkedLibrary("_FoundationCShims"),
      ]),
    .testTarget(
      name: "DiscreteEventTests",
      dependencies: [
        "DiscreteEvent", "CGSL", .product(name: "HeapModule", package: "swift-collections"),
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "DiscreteEvent"]),
    .testTarget(
      name: "CalibrationTests", dependencies: ["Calibration", "DiscreteEvent", "Engine", "CGSL"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "ScenariosTests", dependencies: ["Scenarios"], resources: [.copy("Fixtures")]),
    .testTarget(name: "SimulatorTests", dependencies: ["Simulator", "Planning"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", .product(name: "GRDB", package: "GRDB.swift")],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "LiveTests",
      dependencies: [
        "Live", "LocalPods", "Processes", "Worker", "Journal", "Planning", "Simulator", "Scenarios", "Calibration",
        "Sandbox", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .testTarget(name: "MarkupTests", dependencies: ["Markup"]),
    .testTarget(name: "SandboxTests", dependencies: ["Sandbox", "DiscreteEvent"]),
    .testTarget(
      name: "WebTests",
      dependencies: [
        "Web", "Assets", "CZlib", "Live", "ObjectStores", "Journal", "Engine", "DiscreteEvent", "Calibration",
        "Scenarios",
        "Validation",
        .product(name: "Hummingbird", package: "hummingbird"),
      ]),
    .testTarget(
      name: "RunPodTests",
      dependencies: ["RunPod", "Sandbox", "Live", "Engine", "DiscreteEvent", "Journal", "Calibration", "Transport"]),
    .testTarget(
      name: "SlurmTests",
      dependencies: [
        "Slurm", "Live", "Engine", "DiscreteEvent", "Scenarios", "Processes", "Journal", "Calibration",
      ]),
    .testTarget(
      name: "ObjectStoresTests",
      dependencies: [
        "ObjectStores", "Live", "Transport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(
      name: "NotificationsTests",
      dependencies: ["Notifications", "DiscreteEvent", "Live", "Journal", "Markup", "Scenarios", "Transport"]),
    .testTarget(name: "ValidationTests", dependencies: ["Validation", "DiscreteEvent"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "Validation", "DiscreteEvent"]),
    .testTarget(
      name: "PlanningTests", dependencies: ["Planning", "Journal", "Simulator", "Calibration", "Scenarios"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "LoraTrainTests", dependencies: ["LoraTrain"], resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)
