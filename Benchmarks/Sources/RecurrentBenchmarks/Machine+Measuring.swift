import MachineLimits
import RecurrentKernels

extension Machine {
  /// Measures the machine: some seconds.
  static func measured(threads: Int) -> Machine {
    let used = machine_instruction_set(rawValue: rk_current_instruction_set().rawValue)
    var processor = [CChar](repeating: 0, count: 128)
    machine_processor(&processor, processor.count)
    return Machine(
      processor: String(decoding: processor.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
      threads: threads, instructionSet: name(of: used),
      peaks: [machine_plain, machine_avx2, machine_avx512].filter { machine_has($0) }.map { set in
        Peak(
          instructionSet: name(of: set),
          operations: Rate(one: operationsPerSecond(set, threads: 1), all: operationsPerSecond(set, threads: threads)))
      },
      levels: levels(set: used, threads: threads))
  }

  /// The operations a second of all threads with the instruction set that the kernels use, at this moment: one run of about 50 ms.
  func peakNow() -> Double {
    let set = machine_instruction_set(rawValue: rk_current_instruction_set().rawValue)
    let perRound = Double(machine_operations_per_round(set))
    let used = peaks.first { $0.instructionSet == instructionSet }
    let rounds = Int64(50e-3 * (used?.operations.one ?? 1e9) / perRound)
    return Double(threads) * Double(rounds) * perRound / machine_multiply_add_seconds(set, threads, rounds)
  }

  private static func name(of set: machine_instruction_set) -> String {
    String(cString: rk_instruction_set_name(rk_instruction_set(rawValue: set.rawValue)))
  }

  /// The best of five runs: whatever else the machine does can only make a run slower.
  private static func bestOfFive(_ rate: () -> Double) -> Double {
    (0..<5).map { _ in rate() }.max() ?? 0
  }

  private static func operationsPerSecond(_ set: machine_instruction_set, threads: Int) -> Double {
    let perRound = Double(machine_operations_per_round(set))
    // About 50 ms, whatever the set.
    let rounds = Int64(50e-3 / (machine_multiply_add_seconds(set, 1, 100_000) / 100_000))
    return bestOfFive {
      Double(threads) * Double(rounds) * perRound / machine_multiply_add_seconds(set, threads, rounds)
    }
  }

  /// Caches of the sizes that the system tells, or of usual sizes where it tells nothing, and the memory. A level is read in
  /// blocks that fill half of it, and the memory in blocks that no cache can help with.
  private static func levels(set: machine_instruction_set, threads: Int) -> [Level] {
    var sizes = (1...3).map { Int(machine_cache_bytes(Int32($0))) }
    if sizes.allSatisfy({ $0 == 0 }) { sizes = [32 << 10, 512 << 10, 16 << 20] }
    var result: [Level] = []
    func measure(_ name: String, capacity: Int?, one: Int, all: Int) {
      // The loop reads multiples of a kilobyte.
      let (one, all) = (one / 1024 * 1024, all / 1024 * 1024)
      result.append(
        Level(
          name: name, capacity: capacity, blockOfOne: one, blockOfAll: all,
          reading: Rate(
            one: bytesPerSecond(set, threads: 1, block: one), all: bytesPerSecond(set, threads: threads, block: all))))
    }
    for (index, size) in sizes.enumerated() where size > 0 {
      let isShared = index == 2
      measure(
        "L\(index + 1)", capacity: size, one: size / 2,
        all: isShared ? max(size / 2 / threads, 2 * sizes[1]) : size / 2)
    }
    let beyond = max(4 * (sizes.max() ?? 0), 128 << 20)
    measure("memory", capacity: nil, one: beyond, all: max(beyond / threads, 32 << 20))
    return result
  }

  private static func bytesPerSecond(_ set: machine_instruction_set, threads: Int, block: Int) -> Double {
    // About a gigabyte a thread, read at least twice.
    let passes = Int64(max(2, (1 << 30) / block))
    return bestOfFive {
      Double(threads) * Double(block) * Double(passes) / machine_read_seconds(set, threads, block, passes)
    }
  }
}
