import Foundation
import RecurrentKernels
import Testing

/// Numbers that end where memory ends: who reads past them is killed by the system.
final class EdgeMemory<T: KernelScalar> {
  let pointer: UnsafeMutablePointer<T>
  private let base: UnsafeMutableRawPointer
  private let length: Int

  init(_ numbers: [T]) {
    let page = Int(getpagesize()), bytes = numbers.count * MemoryLayout<T>.stride
    length = (bytes + page - 1) / page * page + page
    base = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    mprotect(base + (length - page), page, PROT_NONE)
    pointer = (base + (length - page - bytes)).assumingMemoryBound(to: T.self)
    pointer.update(from: numbers, count: numbers.count)
  }

  deinit { munmap(base, length) }
}

/// A window over pictures, in Swift's terms, with loops that any implementation can be compared with.
struct WindowShape: Sendable, CustomStringConvertible {
  var batch = 2, channels = 3
  var extent = (7, 6)
  var kernel = (3, 3), stride = (1, 1), padding = (0, 0), dilation = (1, 1)
  /// Whether an end that is too short for a stride has a window.
  var roundsUp = false

  private func places(_ extent: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
    let room = extent + 2 * padding - dilation * (kernel - 1) - 1
    guard room >= 0, roundsUp else { return room < 0 ? 0 : room / stride + 1 }
    let count = (room + stride - 1) / stride + 1
    return (count - 1) * stride >= extent + padding ? count - 1 : count
  }

  var places: (Int, Int) {
    (places(extent.0, kernel.0, stride.0, padding.0, dilation.0), places(extent.1, kernel.1, stride.1, padding.1, dilation.1))
  }

  var window: rk_window {
    rk_window(
      batch: batch, channels: channels, extent: extent, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
      places: places)
  }

  /// Calls `body` with each place (picture, row, column), tap (row, column) and the element (row, column) that it sees.
  func forEachTap(
    _ body: (_ place: (Int, Int, Int), _ tap: (Int, Int), _ element: (row: Int, column: Int)) -> Void
  ) {
    for b in 0..<batch {
      for i in 0..<places.0 {
        for j in 0..<places.1 {
          for p in 0..<kernel.0 {
            for q in 0..<kernel.1 {
              let row = i * stride.0 - padding.0 + p * dilation.0, column = j * stride.1 - padding.1 + q * dilation.1
              if (0..<extent.0).contains(row), (0..<extent.1).contains(column) { body((b, i, j), (p, q), (row, column)) }
            }
          }
        }
      }
    }
  }

  var pictureCount: Int { batch * extent.0 * extent.1 * channels }
  var placeCount: Int { batch * places.0 * places.1 }

  /// The position of an element in pictures [batch, height, width, channels].
  func at(_ picture: Int, _ element: (row: Int, column: Int), _ channel: Int) -> Int {
    ((picture * extent.0 + element.row) * extent.1 + element.column) * channels + channel
  }

  /// The number of a place among all.
  func number(_ place: (Int, Int, Int)) -> Int { (place.0 * places.0 + place.1) * places.1 + place.2 }

  var description: String {
    "\(batch)x\(extent)x\(channels), kernel \(kernel), stride \(stride), padding \(padding), dilation \(dilation)\(roundsUp ? ", up" : "")"
  }
}

/// The kernels of pictures for one scalar type.
protocol PictureScalar: KernelScalar {
  static var convolution:
    @Sendable (UnsafePointer<rk_convolution>?, Input<Self>, Input<Self>, Input<Self>, Bool, Output<Self>) -> Void { get }
  static var convolutionGradient:
    @Sendable (
      UnsafePointer<rk_convolution>?, Input<Self>, Input<Self>, Input<Self>, Input<Self>, Output<Self>, Bool, Output<Self>,
      Output<Self>
    ) -> Void { get }
  static var maxPooling: @Sendable (UnsafePointer<rk_window>?, Input<Self>, Output<Self>, Output<UInt16>) -> Void { get }
  static var maxPoolingGradient:
    @Sendable (UnsafePointer<rk_window>?, UnsafePointer<UInt16>?, Input<Self>, Output<Self>) -> Void { get }
  static var averagePooling: @Sendable (UnsafePointer<rk_window>?, Bool, Input<Self>, Output<Self>) -> Void { get }
  static var averagePoolingGradient: @Sendable (UnsafePointer<rk_window>?, Bool, Input<Self>, Output<Self>) -> Void { get }
  static var columnSums: @Sendable (Int, Int, Input<Self>, Input<Self>, Input<Self>, Output<Self>, Output<Self>) -> Void { get }
  static var columnMap:
    @Sendable (Int, Int, Input<Self>, Input<Self>, Input<Self>, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
}

extension Float: PictureScalar {
  static let convolution:
    @Sendable (UnsafePointer<rk_convolution>?, Input<Float>, Input<Float>, Input<Float>, Bool, Output<Float>) -> Void =
      rk_convolution_f32
  static let convolutionGradient:
    @Sendable (
      UnsafePointer<rk_convolution>?, Input<Float>, Input<Float>, Input<Float>, Input<Float>, Output<Float>, Bool, Output<Float>,
      Output<Float>
    ) -> Void = rk_convolution_gradient_f32
  static let maxPooling: @Sendable (UnsafePointer<rk_window>?, Input<Float>, Output<Float>, Output<UInt16>) -> Void =
    rk_max_pooling_f32
  static let maxPoolingGradient:
    @Sendable (UnsafePointer<rk_window>?, UnsafePointer<UInt16>?, Input<Float>, Output<Float>) -> Void =
      rk_max_pooling_gradient_f32
  static let averagePooling: @Sendable (UnsafePointer<rk_window>?, Bool, Input<Float>, Output<Float>) -> Void =
    rk_average_pooling_f32
  static let averagePoolingGradient: @Sendable (UnsafePointer<rk_window>?, Bool, Input<Float>, Output<Float>) -> Void =
    rk_average_pooling_gradient_f32
  static let columnSums: @Sendable (Int, Int, Input<Float>, Input<Float>, Input<Float>, Output<Float>, Output<Float>) -> Void =
    rk_column_sums_f32
  static let columnMap:
    @Sendable (Int, Int, Input<Float>, Input<Float>, Input<Float>, Input<Float>, Input<Float>, Output<Float>) -> Void =
      rk_column_map_f32
}

extension Double: PictureScalar {
  static let convolution:
    @Sendable (UnsafePointer<rk_convolution>?, Input<Double>, Input<Double>, Input<Double>, Bool, Output<Double>) -> Void =
      rk_convolution_f64
  static let convolutionGradient:
    @Sendable (
      UnsafePointer<rk_convolution>?, Input<Double>, Input<Double>, Input<Double>, Input<Double>, Output<Double>, Bool, Output<Double>,
      Output<Double>
    ) -> Void = rk_convolution_gradient_f64
  static let maxPooling: @Sendable (UnsafePointer<rk_window>?, Input<Double>, Output<Double>, Output<UInt16>) -> Void =
    rk_max_pooling_f64
  static let maxPoolingGradient:
    @Sendable (UnsafePointer<rk_window>?, UnsafePointer<UInt16>?, Input<Double>, Output<Double>) -> Void =
      rk_max_pooling_gradient_f64
  static let averagePooling: @Sendable (UnsafePointer<rk_window>?, Bool, Input<Double>, Output<Double>) -> Void =
    rk_average_pooling_f64
  static let averagePoolingGradient: @Sendable (UnsafePointer<rk_window>?, Bool, Input<Double>, Output<Double>) -> Void =
    rk_average_pooling_gradient_f64
  static let columnSums: @Sendable (Int, Int, Input<Double>, Input<Double>, Input<Double>, Output<Double>, Output<Double>) -> Void =
    rk_column_sums_f64
  static let columnMap:
    @Sendable (Int, Int, Input<Double>, Input<Double>, Input<Double>, Input<Double>, Input<Double>, Output<Double>) -> Void =
      rk_column_map_f64
}
