import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much memory this process can have, and what sets the bound: the machine, a limit of the process, or a control group, as a container has.
struct AvailableMemory: Equatable {
  /// The bytes.
  var bytes: Double
  /// Who has them, for a sentence: "this machine has".
  var holder: String

  /// The least of all bounds.
  static var ofThisProcess: AvailableMemory {
    let machine = AvailableMemory(bytes: Double(ProcessInfo.processInfo.physicalMemory), holder: "this machine has")
    let bounds = [machine] + processLimits + [controlGroup()].compactMap(\.self)
    return bounds.min { $0.bytes < $1.bytes } ?? machine
  }

  /// What the limits of the process leave (`ulimit -v`, `ulimit -d`); macOS does not heed them.
  private static var processLimits: [AvailableMemory] {
    #if os(Linux)
      let pages = text("/proc/self/statm").split(separator: " ").compactMap { Double($0) }
      guard pages.count > 5 else { return [] }
      func rest(_ limit: rlimit, used pages: Double, _ option: String) -> AvailableMemory? {
        if limit.rlim_cur == rlim_t.max { return nil }
        let left = Double(limit.rlim_cur) - pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        return AvailableMemory(bytes: max(0, left), holder: "the limit of the process (ulimit \(option)) leaves")
      }
      var (space, data) = (rlimit(), rlimit())
      getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space)
      getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
      return [rest(space, used: pages[0], "-v"), rest(data, used: pages[5], "-d")].compactMap(\.self)
    #else
      return []
    #endif
  }

  /// The least limit of the process's control group and those above it, of either version; nil: there is none.
  ///
  /// - Parameter text: The content of a file; empty where it cannot be read.
  static func controlGroup(text: (String) -> String = text) -> AvailableMemory? {
    // ID:CONTROLLERS:PATH; no controllers: version 2
    let groups = text("/proc/self/cgroup").split(separator: "\n").map { $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false) }
    var limits: [Double] = []
    for line in text("/proc/self/mountinfo").split(separator: "\n") {
      // ID PARENT DEVICE ROOT POINT OPTIONS ... - TYPE SOURCE OPTIONS
      let fields = line.split(separator: " ")
      guard fields.count > 9, let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count else { continue }
      let isSecond = fields[dash + 1] == "cgroup2"
      guard isSecond || fields[dash + 1] == "cgroup" && fields[dash + 3].split(separator: ",").contains("memory") else { continue }
      let group = groups.first { $0.count == 3 && (isSecond ? $0[1].isEmpty : $0[1].split(separator: ",").contains("memory")) }
      // What is mounted may be a group itself, as a container sees it; its path then begins with that.
      let (root, whole) = (String(fields[3]), String(group?[2] ?? "/"))
      var path = root != "/" && whole.hasPrefix(root) ? String(whole.dropFirst(root.count)) : whole
      while true {
        let limit = text(fields[4] + path + (isSecond ? "/memory.max" : "/memory.limit_in_bytes"))
        // "max", or a number near 2⁶³, where there is none
        if let bytes = Double(limit.trimmingCharacters(in: .whitespacesAndNewlines)), bytes < 0x1p62 { limits.append(bytes) }
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return limits.min().map { AvailableMemory(bytes: $0, holder: "its control group (cgroup) may have") }
  }

  private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
