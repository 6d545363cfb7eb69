// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target of this package: `Recurrent` + `name`.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of the target `name`, in `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: exclude,
    swiftSettings: settings)
}

/// What `Recurrent` re-exports. Who imports it within this package depends on these too: a build that follows a change looks at the targets
/// that are named and not at what they re-export, and would link what was compiled for the old layout of a type.
let recurrent: [Target.Dependency] = [
  "Recurrent", "RecurrentTensors", "RecurrentLayers", "RecurrentTraining", "RecurrentData", "RecurrentPictures", "RecurrentSound", "RecurrentTasks",
]

/// Libraries that macOS does not have lie where pkg-config says; elsewhere compilers find them by themselves.
#if os(macOS)
  func packaged(_ name: String) -> String? { name }
#else
  func packaged(_ name: String) -> String? { nil }
#endif

let package = Package(
  name: "Recurrent",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Recurrent", targets: ["Recurrent"]),
    // Tensors, gradients, layers and streams alone: nothing of the system is needed.
    .library(name: "RecurrentLayers", targets: ["RecurrentLayers", "RecurrentTensors"]),
    // Pictures and reports, for who wants them without the rest; its short names would crowd `import Recurrent`.
    .library(name: "RecurrentDrawing", targets: ["RecurrentDrawing"]),
    .executable(name: "recurrent", targets: ["RecurrentCommand"]),
    // For the package in Benchmarks/, which times the kernels alone too; nobody else needs it.
    .library(name: "RecurrentBenchmarking", targets: ["RecurrentBenchmarking", "RecurrentKernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    .target(name: "RecurrentKernels"),
    // Reads .gz files. macOS has it; elsewhere it is a package of the system.
    .systemLibrary(name: "SystemZlib", providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"])]),
    // Edits the lines of `recurrent chat`; macOS has it too.
    .systemLibrary(name: "SystemEditline", providers: [.apt(["libedit-dev"]), .yum(["libedit-devel"])]),
    // Read and write pictures; on macOS they are Homebrew's.
    .systemLibrary(
      name: "SystemJPEG", pkgConfig: packaged("libjpeg"),
      providers: [.apt(["libjpeg-dev"]), .yum(["libjpeg-turbo-devel"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "SystemPNG", pkgConfig: packaged("libpng"), providers: [.apt(["libpng-dev"]), .yum(["libpng-devel"]), .brew(["libpng"])]),
    // Read sound (libsndfile stands on libvorbis) and change its rate; on macOS they are Homebrew's.
    .systemLibrary(
      name: "SystemSndfile", pkgConfig: packaged("sndfile"),
      providers: [.apt(["libsndfile1-dev"]), .yum(["libsndfile-devel"]), .brew(["libsndfile"])]),
    .systemLibrary(
      name: "SystemVorbis", pkgConfig: packaged("vorbis"), providers: [.apt(["libvorbis-dev"]), .yum(["libvorbis-devel"]), .brew(["libvorbis"])]),
    .systemLibrary(
      name: "SystemSoxr", pkgConfig: packaged("soxr"), providers: [.apt(["libsoxr-dev"]), .yum(["soxr-devel"]), .brew(["libsoxr"])]),
    .target(
      name: "RecurrentEmbedded",
      exclude: ["tinyshakespeare.txt", "squeezenet1_1.safetensors", "spoken-digits.flac", "spoken-digits.tsv", "spoken-digits-notice.txt"]),
    library("RecurrentTensors", ["RecurrentKernels"]),
    library("RecurrentLayers", ["RecurrentTensors", "RecurrentKernels"]),
    library("RecurrentData", ["RecurrentTensors", "SystemZlib"]),
    library("RecurrentPictures", ["RecurrentTensors", "RecurrentData", "SystemJPEG", "SystemPNG"]),
    library("RecurrentSound", ["RecurrentTensors", "RecurrentData", "SystemSndfile", "SystemVorbis", "SystemSoxr"]),
    library("RecurrentDrawing", []),
    library("RecurrentTraining", ["RecurrentLayers"]),
    library(
      "RecurrentTasks",
      [
        "RecurrentTraining", "RecurrentData", "RecurrentPictures", "RecurrentSound", "RecurrentDrawing", "RecurrentEmbedded", .product(name: "Yams", package: "Yams"),
      ]),
    library("RecurrentLab", ["RecurrentTasks", "RecurrentTraining", "RecurrentData", "RecurrentPictures", "RecurrentDrawing"]),
    library("Recurrent", Array(recurrent.dropFirst())),
    library("RecurrentBenchmarking", recurrent),
    .executableTarget(
      name: "RecurrentCommand",
      dependencies: recurrent + [
        "RecurrentBenchmarking", "RecurrentDrawing", "RecurrentLab", "SystemEditline", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(
      name: "RecurrentTestSupport", dependencies: ["RecurrentTensors", "RecurrentLayers"], path: "Tests/Support",
      swiftSettings: settings),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    tests("RecurrentKernels"),
    tests("RecurrentTensors", ["RecurrentTestSupport"]),
    tests("RecurrentLayers", ["RecurrentTensors", "RecurrentTestSupport", "AllocationCounter"]),
    tests("RecurrentTraining", ["RecurrentTensors", "RecurrentLayers", "RecurrentTestSupport"]),
    tests("RecurrentData", ["RecurrentTensors", "SystemZlib"]),
    tests("RecurrentPictures", ["RecurrentTensors", "RecurrentData", "RecurrentTestSupport", "SystemZlib"], exclude: ["Fixtures"]),
    tests("RecurrentSound", ["RecurrentTensors", "RecurrentData", "RecurrentTestSupport", "AllocationCounter"], exclude: ["Fixtures"]),
    tests("RecurrentDrawing"),
    tests("RecurrentBenchmarking"),
    tests("RecurrentCommand", recurrent + ["RecurrentDrawing"], exclude: ["Fixtures"]),
    tests(
      "RecurrentTasks",
      [
        "RecurrentTensors", "RecurrentLayers", "RecurrentTraining", "RecurrentData", "RecurrentPictures", "RecurrentSound", "RecurrentDrawing",
        "RecurrentTestSupport", "AllocationCounter",
      ]),
    tests(
      "RecurrentLab",
      ["RecurrentTasks", "RecurrentTensors", "RecurrentLayers", "RecurrentTraining", "RecurrentPictures", "RecurrentDrawing", "RecurrentTestSupport"]),
    tests("Recurrent", Array(recurrent.dropFirst())),
    // A model, a cell, an optimizer and a task as they are written outside the package: the compiler hides what is not public.
    .testTarget(
      name: "OutsiderTests", dependencies: recurrent, packageAccess: false, swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
    // The examples in the documentation of all sources, which a plugin makes into Swift files. Nobody who depends on this package builds these.
    .testTarget(
      name: "ExampleTests", dependencies: recurrent + ["RecurrentDrawing"], exclude: ["Preludes.swift"], packageAccess: false,
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")], plugins: ["ExtractExamples"]),
    .plugin(name: "ExtractExamples", capability: .buildTool(), dependencies: ["ExampleExtractor"]),
    .executableTarget(name: "ExampleExtractor", path: "Tests/ExampleExtractor", swiftSettings: settings),
    .testTarget(
      name: "GoldenTests", dependencies: recurrent, exclude: ["Goldens"], swiftSettings: settings),
  ]
)
