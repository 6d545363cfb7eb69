import Foundation
import Recurrent
import Testing

/// One case of a golden file: numbers that `Scripts/make_goldens.py` computed with PyTorch in Double and rounded to
/// Float.
struct Golden: Sendable {
  private let file: SafetensorsFile
  private let prefix: String

  /// The file `name` in the folder `Goldens` beside this one; `Scripts/make_goldens.py` makes them.
  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens").appending(path: name)
  }

  /// The case `name` of `Goldens/FILE.safetensors`; without a name, the whole file.
  init(_ file: String, case name: String? = nil) throws {
    self.file = try SafetensorsFile(contentsOf: Self.url("\(file).safetensors"))
    prefix = name.map { "\($0)/" } ?? ""
  }

  /// Whether the case has something called `name`.
  func has(_ name: String) -> Bool { file.entry(prefix + name) != nil }

  /// The tensor `name` of this case.
  func tensor<Scalar: TensorScalar>(_ name: String, as type: Scalar.Type = Scalar.self) throws -> Tensor<Scalar> {
    try file.tensor(prefix + name, as: Scalar.self)
  }

  /// The whole numbers `name` of this case.
  func indices(_ name: String) throws -> IndexTensor {
    let entry = try #require(file.entry(prefix + name), "\(file.path) has no \(prefix + name)")
    #expect(entry.type == .int32)
    let bytes = Array(try file.bytes(of: prefix + name))
    let scalars = stride(from: 0, to: bytes.count, by: 4).map { offset in
      bytes[offset..<offset + 4].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
    }
    return IndexTensor(shape: Shape(entry.shape), scalars: scalars)
  }

  /// The numbers `name` of this case, for example losses.
  func numbers(_ name: String) throws -> [Double] {
    try tensor(name, as: Double.self).scalars
  }

  /// `module` with the parameters of this case; fails if the golden has not exactly the module's parameters.
  func parameters<M: Module>(for module: M) throws -> M {
    let paths = module.parameterPaths
    let expected = file.entries.map(\.name).filter { $0.hasPrefix("\(prefix)parameter/") }
    #expect(Set(paths.map { "\(prefix)parameter/\($0)" }) == Set(expected))
    var result = module
    result.setParameters(try paths.map { try tensor("parameter/\($0)") })
    return result
  }
}
