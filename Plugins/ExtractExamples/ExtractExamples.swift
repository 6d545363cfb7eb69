import Foundation
import PackagePlugin

/// Makes Swift files of the examples in the documentation of all sources, each time that one of these has changed.
@main struct ExtractExamples: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let sources = context.package.directoryURL.appending(path: "Sources")
    let files = (FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "swift" }.sorted { $0.path < $1.path }
    let documented = try files.filter { try String(contentsOf: $0, encoding: .utf8).contains("/// ```swift") }
    let prelude = target.directoryURL.appending(path: "Preludes.swift")
    let output = context.pluginWorkDirectoryURL.appending(path: "Examples.swift")
    let written = documented.map { output.deletingLastPathComponent().appending(path: "Example+\($0.path.dropFirst(sources.path.count + 1).replacing("/", with: "+"))") }
    return [
      .buildCommand(
        displayName: "Extracting the examples of \(documented.count) files", executable: try context.tool(named: "ExampleExtractor").url,
        arguments: [prelude.path, output.path] + zip(documented, written).flatMap { [$0.path, $1.path] },
        inputFiles: [prelude] + documented, outputFiles: [output] + written)
    ]
  }
}
