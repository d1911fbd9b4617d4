// swift-tools-version: 6.1
import PackageDescription

/// What the package offers its users, and so all that may be measured.
let products: [Target.Dependency] = [
  "DiscreteEvent", "Engine", "Calibration", "Scenarios", "Simulator", "Journal", "Planning",
].map { .product(name: $0, package: "lora-train") }

/// Measures the packages' public products; nothing here is part of what users install.
let package = Package(
  name: "Benchmarks",
  dependencies: [
    // Named, because a path's own identity would be the name of the clone's directory.
    .package(name: "lora-train", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(name: "Workload", dependencies: products),
    .executableTarget(
      name: "Guard", dependencies: products + [.product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/Guard", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
