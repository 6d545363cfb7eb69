import ArgumentParser
import Foundation
import Recurrent
import RecurrentBenchmarking

/// `benchmarks`: the machine's limits, the kernels alone, and the cases of `recurrent bench`, beside their limits.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks",
    abstract: "Measures the machine, the kernels alone and whole cases, and how near they come to the machine's limits.",
    discussion: """
      First the machine: the multiply-add rate of one thread and of all, and the rate of reading from each cache and from \
      memory. Then the kernels, whose names begin with "kernel/", and the cases in the files that are named, one JSON \
      object a line as for `recurrent bench`. For each the median time over the rounds, and

        GFLOP/s   multiplications and additions of its matrix products, a second, in billions
        % peak    that as a part of the multiply-add rate of all threads
        GB/s      the bytes that it has to move, a second, in billions
        level     the nearest cache that holds all that it touches
        % bytes   the time that its bytes need at the read rate of where they lie, as a part of the time it took
        limit ms  the longer of the times that its operations and its bytes need

      The multiply-add rate is measured again after each round, and a benchmark stands beside the median over its own rounds: \
      a processor's clock drifts. What is counted is written in Documentation/Performance.md.
      """)

  @Argument(help: ArgumentHelp("Files of cases, one a line.", valueName: "cases"))
  var files: [String] = []

  @Option(name: .long, help: ArgumentHelp("Only what has this text in its name.", valueName: "text"))
  var filter: String?

  @Option(name: .long, help: "The rounds; the time is the median over them.")
  var rounds = 3

  @Option(name: .long, help: "Threads; by default all cores.")
  var threads: Int?

  @Flag(name: .long, help: "Write a JSON object a line.")
  var json = false

  func validate() throws {
    guard (1...1000).contains(rounds) else { throw ValidationError("--rounds is \(rounds); it must be from 1 to 1000") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); it must be from 1 to 1024")
    }
  }

  func run() throws {
    let cases = try files.flatMap(Self.cases(in:)).filter { isWanted($0.id) }
    let kernels = KernelBenchmark.all.filter { isWanted($0.id) }
    if let threads { Threads.count = threads }
    let report = Report(isJSON: json)
    let machine = Machine.measured(threads: Threads.count)
    report.show(machine)
    report.begin()
    for kernel in kernels {
      let body = kernel.prepare()
      let (seconds, peak) = rounds(on: machine) { medianSeconds(least: 0.05, of: body) }
      report.show(Measurement(of: kernel, seconds: seconds, peak: peak, on: machine))
    }
    for benchmark in cases {
      MemoryPool.trim()
      MemoryPool.resetPeak()
      let before = MemoryPool.bytesInUse
      let (seconds, peak) = rounds(on: machine, benchmark.seconds)
      let tensorBytes = MemoryPool.peakBytesInUse - before
      report.show(Measurement(of: benchmark, seconds: seconds, peak: peak, tensorBytes: tensorBytes, on: machine))
    }
  }

  private func isWanted(_ id: String) -> Bool { filter.map(id.contains) ?? true }

  /// The medians over the rounds of the seconds that a benchmark takes, and of the operations a second that the machine reaches.
  private func rounds(on machine: Machine, _ seconds: () -> Double) -> (seconds: Double, peak: Double) {
    let measured = (0..<rounds).map { _ in (seconds: seconds(), peak: machine.peakNow()) }
    return (Self.median(measured.map(\.seconds)), Self.median(measured.map(\.peak)))
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// The cases of a file.
  private static func cases(in file: String) throws -> [BenchmarkCase] {
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw ValidationError("\(file): \(error.localizedDescription)")
    }
    return try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
      guard line.contains(where: { !$0.isWhitespace }) else { return nil }
      do {
        return try BenchmarkCase(json: String(line))
      } catch {
        throw ValidationError("\(file):\(number + 1): \(error)")
      }
    }
  }
}
