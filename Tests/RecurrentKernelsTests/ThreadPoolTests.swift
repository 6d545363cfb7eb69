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

    #if os(Linux)
      /// Workers without a job are blocked in the system, and stay so: two looks, 20 ms apart, find them asleep and never awake between.
      /// However busy the machine is, that comes to pass; a worker that looks out for jobs for ever never lets it.
      @Test func idleWorkersSleep() {
        let before = rk_thread_count()
        defer { rk_set_thread_count(before) }
        rk_set_thread_count(3)
        let workers = Self.workers(2)
        #expect(workers.count == 2)
        func look() -> [String?] { workers.map { Self.sleep(of: $0) } }
        let end = Date() + 60
        var isAsleep = false
        while !isAsleep, Date() < end {
          let first = look()
          usleep(20_000)
          isAsleep = !first.contains(nil) && first == look()
        }
        #expect(isAsleep, "\(look())")
      }

      /// The directories that the system has for the pool's workers, of whom there are `count`, under `/proc`.
      private static func workers(_ count: Int) -> Set<String> {
        func ran() -> [String] {
          var threads = [String](repeating: "", count: 33)
          threads.withUnsafeMutableBufferPointer { buffer in
            rk_parallel(
              33,
              { context, index in
                usleep(1000)  // so that there is something to do for all
                let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
                context!.assumingMemoryBound(to: String.self)[index] = own ?? ""
              }, buffer.baseAddress)
          }
          return threads
        }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        var found: Set<String> = []
        let end = Date() + 60
        while found.count < count, Date() < end { found.formUnion(ran().filter { $0 != own }) }
        return found
      }

      /// How often a thread that is asleep has gone to sleep; nil: it is not asleep.
      private static func sleep(of thread: String) -> String? {
        let status = try? String(contentsOfFile: "/proc/\(thread)/status", encoding: .utf8)
        let lines = (status ?? "").split(separator: "\n")
        guard lines.contains(where: { $0.hasPrefix("State:\tS") }) else { return nil }
        return lines.first { $0.hasPrefix("voluntary_ctxt_switches:") }.map(String.init)
      }
    #else
      /// Elsewhere than on Linux no thread is asked for its state: the whole process, other threads of the test runner included, does next to
      /// nothing.
      @Test func idleWorkersSleep() {
        let before = rk_thread_count()
        defer { rk_set_thread_count(before) }
        rk_set_thread_count(3)
        _ = Self.counts(33)
        usleep(5000)
        let start = clock()
        usleep(200_000)
        #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 0.1)
      }
    #endif

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
