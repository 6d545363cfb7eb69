import Foundation
import RecurrentKernels
import Testing

extension KernelTests {
  /// The pool: every index once, whoever calls, from wherever.
  @Suite struct ThreadPool {
    /// Counts how often each index ran; the counters are the context of the C task. Indices run on several threads, but
    /// each touches its own counter only.
    private static func counts(_ count: Int) -> [Int32] {
      var counters = [Int32](repeating: 0, count: count)
      counters.withUnsafeMutableBufferPointer { buffer in
        rk_parallel(
          count, { context, index in context!.assumingMemoryBound(to: Int32.self)[index] += 1 }, buffer.baseAddress)
      }
      return counters
    }

    @Test func everyIndexOnce() {
      withEveryThreadCount { _ in
        for count in awkwardSizes { #expect(Self.counts(count) == [Int32](repeating: 1, count: count)) }
      }
    }

    @Test func manySmallCalls() {
      withEveryThreadCount { _ in
        for _ in 0..<20_000 { #expect(Self.counts(3) == [1, 1, 1]) }
      }
    }

    @Test func callsAfterASleep() {
      withEveryThreadCount { _ in
        for _ in 0..<20 {
          usleep(2000)  // longer than the workers spin
          #expect(Self.counts(64) == [Int32](repeating: 1, count: 64))
        }
      }
    }

    @Test func nestedCallsRunInOrder() {
      withEveryThreadCount { _ in
        var sums = [Int32](repeating: 0, count: 50)
        sums.withUnsafeMutableBufferPointer { buffer in
          rk_parallel(
            50,
            { context, index in
              let slot = context!.assumingMemoryBound(to: Int32.self) + index
              // Order shows in the digits.
              rk_parallel(
                4,
                { context, index in
                  context!.assumingMemoryBound(to: Int32.self).pointee *= 10
                  context!.assumingMemoryBound(to: Int32.self).pointee += Int32(index) + 1
                }, slot)
            }, buffer.baseAddress)
        }
        #expect(sums == [Int32](repeating: 1234, count: 50))
      }
    }

    @Test func severalCallers() async {
      let before = rk_thread_count()
      rk_set_thread_count(3)
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 {
          group.addTask { (0..<2000).allSatisfy { _ in Self.counts(9) == [Int32](repeating: 1, count: 9) } }
        }
        for await right in group { #expect(right) }
      }
      rk_set_thread_count(before)
    }

    @Test func changingTheCount() {
      let before = rk_thread_count()
      for count in [1, 4, 2, 8, 1, 3, 0] {
        rk_set_thread_count(count)
        #expect(rk_thread_count() == max(1, count))
        for _ in 0..<50 { #expect(Self.counts(33) == [Int32](repeating: 1, count: 33)) }
      }
      rk_set_thread_count(before)
    }

    @Test func idleWorkersSleep() {
      let before = rk_thread_count()
      rk_set_thread_count(3)
      _ = Self.counts(33)
      usleep(5000)
      let start = clock()
      usleep(200_000)
      // Of the whole process, other threads of the test runner included.
      #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 0.1)
      rk_set_thread_count(before)
    }

    @Test func scratchGrowsAndStays() {
      let small = rk_scratch(15, 100)!
      small.storeBytes(of: 42, as: Int.self)
      #expect(Int(bitPattern: small) % 64 == 0)
      #expect(rk_scratch(15, 50) == small)
      let large = rk_scratch(15, 1 << 20)!
      memset(large, 1, 1 << 20)
      #expect(rk_scratch(15, 100) == large)
      #expect(rk_scratch(14, 100) != large)
    }
  }

  @Suite struct InstructionSets {
    @Test func namesAndSwitching() {
      #expect(rk_instruction_set_available(rk_plain))
      #expect([rk_plain, rk_avx2, rk_avx512].map(name(of:)) == ["plain", "avx2", "avx512"])
      onEveryInstructionSet { #expect(rk_current_instruction_set() == $0) }
      for set in [rk_plain, rk_avx2, rk_avx512] where !rk_instruction_set_available(set) {
        let before = rk_current_instruction_set()
        #expect(!rk_use_instruction_set(set))
        #expect(rk_current_instruction_set() == before)
      }
    }
  }
}
