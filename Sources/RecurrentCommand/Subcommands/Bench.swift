import ArgumentParser
import Foundation
import Recurrent
import RecurrentBenchmarking

/// `recurrent bench`: answers a benchmark's cases.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times training and inference of given sizes, one JSON case a line.",
    discussion: """
      Reads one case a line from standard input and answers each at once with its id and the \
      seconds of a call: the median of five runs of a quarter of a second or more, after two calls \
      that do not count. A case has the keys id, op (train, infer, step, lm, attention-train), cell \
      (rnn, lstm, gru), time, batch, hidden, layers, and input; for lm and attention-train embedding \
      and vocabulary in place of input; for step, if wanted, weights (float32, bfloat16); for \
      attention-train, if wanted, attention (additive, dot, general, scaled) and feeding (nothing, \
      context, readout). On pictures a case has id, op (convolution-infer, convolution-train, \
      squeezenet-infer, squeezenet-train), batch, height, width; a convolution also input and output, \
      and if wanted kernel, stride, padding, groups.

        train  forward and backward to the input and every parameter
        infer  forward only
        step   the sequence in single steps, the state carried from call to call, the output read
        lm     a language model: forward, backward, clipping, one Adam update
        attention-train
               a translator with an encoder that reads both ways, likewise
        convolution-infer, convolution-train
               one convolution with bias and relu; train: backward to its input and parameters
        squeezenet-infer, squeezenet-train
               the features of SqueezeNet 1.1; train: backward to the parameters

      For example (sizes.jsonl: {"id": "a", "op": "train", "cell": "lstm", "time": 50, \
      "batch": 32, "input": 128, "hidden": 128, "layers": 1}):
        recurrent bench < sizes.jsonl
        recurrent bench --json --threads 1 < sizes.jsonl
      """)

  @Flag(name: .long, help: "Answer in JSON, the protocol of a benchmark; without it in words.")
  var json = false

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  func validate() throws {
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    try StandardInput.forEachLine(none: nil) { line, number in
      let benchmark: BenchmarkCase
      do {
        benchmark = try BenchmarkCase(json: line)
      } catch {
        throw CommandError("standard input:\(number): \(error)")
      }
      let seconds = benchmark.seconds()
      if json {
        let answer = JSON.object([("id", .text(benchmark.id)), ("seconds", .number(seconds))])
        try StandardOutput.line(answer.description)
      } else {
        try StandardOutput.line("\(benchmark.id): \(String(format: "%.3f", seconds * 1e3)) ms")
      }
      return true
    }
  }
}
