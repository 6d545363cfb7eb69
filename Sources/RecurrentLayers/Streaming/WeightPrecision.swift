import RecurrentTensors

/// How a stream stores the weights of its cells.
public enum WeightPrecision: String, Sendable, CaseIterable {
  /// As the cells have them.
  case full

  /// Rounded to bfloat16: the upper half of a `Float`, its exponent and 7 bits of its mantissa, so that a weight is off
  /// by 0.4 % at most. Half the bytes are read at a step, which is what a step of a large network waits for. Biases,
  /// inputs, states and sums are not rounded.
  case bfloat16
}

extension Tensor {
  /// The numbers rounded to the nearest bfloat16, of two to the even one; NaN stays.
  func roundedToBFloat16() -> Tensor {
    var result = detached()
    result.withUnsafeMutableScalars { scalars in
      for index in scalars.indices where !scalars[index].isNaN {
        let single = Float(scalars[index])
        var bits = single.bitPattern
        if Scalar(single) != scalars[index] {
          // A double is cut, not rounded, to a float, and leaves a trace in its last bit: or it would be rounded twice.
          if Scalar(single).magnitude > scalars[index].magnitude { bits -= 1 }
          bits |= 1
        }
        scalars[index] = Scalar(Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000))
      }
    }
    return result
  }
}
