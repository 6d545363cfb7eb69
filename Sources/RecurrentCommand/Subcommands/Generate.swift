import ArgumentParser
import Foundation
import Recurrent

/// `recurrent generate`: text from a language model.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes text with a language model.",
    discussion: """
      Text appears as it is written, in constant memory for any length, and ends quietly when \
      its reader leaves.

      For example:
        recurrent generate output/shakespeare --prompt "ROMEO:" --length 500
        recurrent generate model.safetensors --temperature 0.7 --top-p 0.95 --seed 3 | head
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Option(name: .long, help: "Text to go on from; it is printed first. (default: as after the end of a line)")
  var prompt: String?

  @Option(name: .long, help: "Tokens to write after the prompt.")
  var length = 500

  @Option(name: .long, help: "1 is the model's own distribution, less keeps to what is likely, 0 takes the likeliest.")
  var temperature = 0.8

  @Option(name: .long, help: "Choose among this many of the likeliest tokens only. (default: all)")
  var topK: Int?

  @Option(
    name: .long, help: "Choose among the likeliest tokens that reach this probability together. (default: 1, all)")
  var topP: Double?

  @Option(name: .long, help: "The same seed writes the same text. (default: another each time)")
  var seed: UInt64?

  @Option(
    name: .long,
    help: "The weights of the recurrent layers: float32, or bfloat16, which is faster for large ones and less exact.")
  var weights = WeightChoice.float32

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  func validate() throws {
    if length < 0 { throw ValidationError("--length is \(length); it must be 0 or more") }
    if !(temperature >= 0 && temperature <= 1000) {
      throw ValidationError("--temperature is \(temperature); it must be from 0 to 1000")
    }
    if let topK, topK < 1 { throw ValidationError("--top-k is \(topK); it must be 1 or more") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw ValidationError("--top-p is \(topP); it must be above 0 and at most 1")
    }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let location = try ModelLocation(model)
    let trained = try location.load(LanguageModeling.self, for: "generate")
    var writer = LanguageModelWriter(
      trained.model, codec: trained.codec, weights: weights.precision)
    var last = ""
    if let prompt, !prompt.isEmpty {
      do {
        try writer.read(prompt)
      } catch {
        throw CommandError("--prompt: \(error)")
      }
      last = prompt
      try show(prompt)
    }
    let sampling = Sampling(temperature: temperature, topK: topK, topP: topP)
    var generator = RandomGenerator(seed: seed ?? .random(in: 0...UInt64.max)).split("sampling")
    for _ in 0..<length {
      let text = writer.next(sampling: sampling, using: &generator)
      if text.isEmpty { continue }
      try show(text)
      last = text
    }
    let rest = writer.finish()
    try show(rest)
    if !rest.isEmpty || last.unicodeScalars.last != "\n" { try StandardOutput.line() }
  }

  private func show(_ text: String) throws {
    try StandardOutput.write(Terminal.current.isInteractive ? text.withVisibleControls : text)
  }
}
