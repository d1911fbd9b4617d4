// swift-tools-version: 6.1
import PackageDescription

/// Measures the packages' public products; nothing here is part of what users install.
let package = Package(
  name: "Benchmarks",
  dependencies: [
    // Named, because a path's own identity would be the name of the clone's directory.
    .package(name: "lora-train", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Workload",
      dependencies: [
        .product(name: "DiscreteEvent", package: "lora-train"),
        .product(name: "Engine", package: "lora-train"),
        .product(name: "Calibration", package: "lora-train"),
        .product(name: "Scenarios", package: "lora-train"),
        .product(name: "Simulator", package: "lora-train"),
        .product(name: "Journal", package: "lora-train"),
        .product(name: "Planning", package: "lora-train"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
