import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs that are stopped, by a wish or by force, and go on: they end with the same bits.
@Suite(.serialized) struct ResumeTests {
  /// Long enough to be killed in many places, short enough to be run many times.
  private func longScratch() throws -> Scratch { try TinyRun.scratch(textCount: 40000, hidden: 48, epochs: 4) }

  /// The metrics without what depends on the clock.
  private func metrics(_ scratch: Scratch, _ directory: String) throws -> [NSDictionary] {
    try scratch.text("\(directory)/metrics.jsonl").split(separator: "\n").map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return object.filter { !["seconds", "unitsPerSecond"].contains($0.key) } as NSDictionary
    }
  }

  private func expectSameFiles(_ scratch: Scratch, _ first: String, _ second: String) throws {
    for name in ["model.safetensors", "checkpoint.safetensors"] {
      #expect(try scratch.bytes("\(first)/\(name)") == scratch.bytes("\(second)/\(name)"), "\(name) differs")
    }
    #expect(try metrics(scratch, first) == metrics(scratch, second))
  }

  @Test(.timeLimit(.minutes(10)))
  func killedAtTenMomentsItEndsWithTheSameBits() throws {
    let scratch = try longScratch()
    let clock = ContinuousClock()
    let start = clock.now
    // One thread, and often enough a checkpoint that most kills hit a run that has gone on from one.
    let train = ["train", "tiny.yaml", "--set", "training.epochs=10", "--checkpoint-every", "20", "--threads", "1"]
    let whole = try Recurrent.run(train + ["--output", "whole"], in: scratch)
    #expect(whole.status == 0, "\(whole.error)")
    let seconds = (clock.now - start) / .seconds(1)

    var kills = 0
    var attempts = 0
    while kills < 10, attempts < 200 {
      attempts += 1
      // Short enough that ten of them do not finish the run.
      let moment = Double.random(in: 0.01...0.12) * seconds
      let running = try Running(
        train + ["--output", "killed"] + (scratch.has("killed") ? ["--resume"] : []), in: scratch)
      Thread.sleep(forTimeInterval: moment)
      running.signal(SIGKILL)
      let outcome = try running.wait()
      if outcome.status == 0 {
        // It was done before the signal came: begin again, so that all ten kills hit a run in progress.
        try FileManager.default.removeItem(at: scratch.url.appending(path: "killed"))
        kills = 0
        continue
      }
      #expect(outcome.status == 128 + SIGKILL, "\(outcome.error)")
      kills += 1
    }
    #expect(kills == 10)
    let last = try Recurrent.run(train + ["--output", "killed", "--resume", "--json"], in: scratch)
    #expect(last.status == 0, "\(last.error)")
    #expect(last.objects().first?["resumedAt"] is [String: Any], "the killed runs got somewhere")
    try expectSameFiles(scratch, "whole", "killed")
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: "killed").path)
    #expect(!left.contains { $0.hasSuffix(".tmp") }, "what a killed process left is removed: \(left)")
  }

  @Test(.timeLimit(.minutes(5)), arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruptedItSaysHowToGoOn(signal: Int32) throws {
    let scratch = try longScratch()
    resetSignal(signal)
    let running = try Running(["train", "tiny.yaml", "--output", "stopped", "--json"], in: scratch)
    // Once it says that it takes steps.
    let limit = Date(timeIntervalSinceNow: 60)
    while !running.outputSoFar.contains("\"step\""), running.isRunning, Date() < limit { usleep(2000) }
    running.signal(signal)
    // A terminal that closes sends SIGHUP, and its shell sends it again.
    if signal == SIGHUP { running.signal(signal) }
    let outcome = try running.wait()
    #expect(outcome.status == 130)
    #expect(outcome.error == "recurrent: stopped with a checkpoint; the same command with --resume goes on.\n")
    let finished = try #require(outcome.objects().last)
    #expect(finished["event"] as? String == "finished")
    #expect(finished["reason"] as? String == "interrupted")
    #expect(scratch.has("stopped/checkpoint.safetensors"))

    let resumed = try Recurrent.run(["train", "tiny.yaml", "--output", "stopped", "--resume", "--json"], in: scratch)
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(resumed.objects().first?["resumedAt"] is [String: Any])
    #expect(try Recurrent.run(["train", "tiny.yaml", "--output", "whole"], in: scratch).status == 0)
    try expectSameFiles(scratch, "whole", "stopped")
  }

  /// The command inherits it from these tests, where whoever runs them may ignore it.
  private func resetSignal(_ number: Int32) { signal(number, SIG_DFL) }

  /// What a script starts with `&` does not hear Ctrl-C, and what `nohup` starts outlives its terminal.
  @Test(arguments: [("INT", SIGINT), ("TERM", SIGTERM), ("HUP", SIGHUP)])
  func whatIsIgnoredStaysIgnored(name: String, signal: Int32) throws {
    let scratch = try longScratch()
    let running = try Running(
      ["train", "tiny.yaml", "--output", "run", "--json"], in: scratch, shell: "trap '' \(name); exec \"$0\" \"$@\"")
    let limit = Date(timeIntervalSinceNow: 60)
    while !running.outputSoFar.contains("\"step\""), running.isRunning, Date() < limit { usleep(2000) }
    running.signal(signal)
    let outcome = try running.wait()
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.objects().last?["reason"] as? String == "completed")
  }

  @Test func twoRunsDoNotShareADirectory() throws {
    let scratch = try longScratch()
    let first = try Running(["train", "tiny.yaml", "--output", "run", "--json"], in: scratch)
    let limit = Date(timeIntervalSinceNow: 60)
    while !first.outputSoFar.contains("\"step\""), first.isRunning, Date() < limit { usleep(2000) }
    first.signal(SIGSTOP)
    let second = try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--overwrite"], in: scratch)
    first.signal(SIGCONT)
    #expect(second.status == 1)
    #expect(second.error.contains("another process is training here"))
    #expect(try first.wait().status == 0)
  }

  @Test func itStopsWithACheckpointWhenNobodyReadsAnyMore() throws {
    let scratch = try longScratch()
    let running = try Running(
      ["train", "tiny.yaml", "--output", "stopped"], in: scratch,
      shell: "{ \"$0\" \"$@\"; echo $? > status; } | head -n 1")
    let outcome = try running.wait()
    #expect(try scratch.text("status") == "1\n")
    #expect(outcome.error.hasPrefix("recurrent: nobody reads standard output any more"))
    #expect(scratch.has("stopped/checkpoint.safetensors"))
  }

  @Test func oneThreadAndTwoGiveTheSameBits() throws {
    let scratch = try TinyRun.scratch()
    for threads in ["1", "2"] {
      let outcome = try Recurrent.run(["train", "tiny.yaml", "--threads", threads, "--output", threads], in: scratch)
      #expect(outcome.status == 0, "\(outcome.error)")
    }
    try expectSameFiles(scratch, "1", "2")
    let other = try Recurrent.run(["train", "tiny.yaml", "--seed", "2", "--output", "other"], in: scratch)
    #expect(other.status == 0)
    #expect(try scratch.bytes("other/model.safetensors") != scratch.bytes("1/model.safetensors"))
  }

  @Test func aRunThatIsDoneMayBecomeLonger() throws {
    let scratch = try TinyRun.trained()
    let longer = try Recurrent.run(
      ["train", "tiny.yaml", "--output", "run", "--resume", "--set", "training.epochs=4"], in: scratch)
    #expect(longer.status == 0, "\(longer.error)")
    let whole = try Recurrent.run(
      ["train", "tiny.yaml", "--output", "whole", "--set", "training.epochs=4"], in: scratch)
    #expect(whole.status == 0)
    try expectSameFiles(scratch, "whole", "run")
  }
}
