import MachineLimits
import Testing

/// The loops do what they are timed for, on each instruction set that the machine has.
@Suite struct LoopTests {
  private let sets = [machine_plain, machine_avx2, machine_avx512].filter { machine_has($0) }

  @Test func readingSeesEveryWordInEachPass() {
    for set in sets {
      for bytes in [1024, 3072, 65_536] {
        let words = (0..<UInt32(bytes / 4)).map { $0 &* 2_654_435_761 }
        let sum = words.reduce(0, &+)
        #expect(machine_read_sum(set, words, bytes, 1) == sum)
        #expect(machine_read_sum(set, words, bytes, 3) == 3 &* sum)
      }
    }
  }

  @Test func aRoundIsEightMultiplyAddsOfEachRegister() {
    for set in sets {
      // Two operations a multiply-add; a register's lane is 1, then 3/2, 7/4, ...: 2 - 2^-steps.
      let lanes = Double(machine_operations_per_round(set)) / 2 / 8
      #expect(machine_multiply_add_sum(set, 0) == lanes)
      #expect(machine_multiply_add_sum(set, 1) == lanes * (2 - 0x1p-8))
      #expect(machine_multiply_add_sum(set, 2) == lanes * (2 - 0x1p-16))
    }
  }

  @Test func moreWorkTakesLonger() {
    for set in sets {
      for threads in 1...2 {
        // A thousand times the work: not even another program that takes a core away hides that.
        let (few, many) = (1_000, 1_000_000)
        #expect(
          machine_multiply_add_seconds(set, threads, Int64(many)) > machine_multiply_add_seconds(set, threads, Int64(few)))
        #expect(machine_read_seconds(set, threads, 1 << 16, 10_000) > machine_read_seconds(set, threads, 1 << 16, 10))
      }
    }
  }

  @Test func cachesGrowWithTheirLevel() {
    let known = (1...3).map { machine_cache_bytes(Int32($0)) }.filter { $0 > 0 }
    #expect(known == known.sorted())
    #expect(known.allSatisfy { $0 >= 4096 })
    #expect(machine_cache_bytes(0) == 0 && machine_cache_bytes(4) == 0)
  }
}
