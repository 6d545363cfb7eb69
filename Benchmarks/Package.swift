// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with, as in the package that is measured.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "RecurrentBenchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "benchmarks", targets: ["RecurrentBenchmarks"])],
  dependencies: [
    .package(name: "Recurrent", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(name: "MachineLimits"),
    .executableTarget(
      name: "RecurrentBenchmarks",
      dependencies: [
        "MachineLimits",
        .product(name: "Recurrent", package: "Recurrent"),
        .product(name: "RecurrentBenchmarking", package: "Recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(name: "MachineLimitsTests", dependencies: ["MachineLimits"], swiftSettings: settings),
  ]
)
