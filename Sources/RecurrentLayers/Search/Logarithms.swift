#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The natural logarithm.
func logarithm(of x: Double) -> Double { log(x) }

/// `base` to the power of `exponent`.
func exponential(of base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// e to the power of `x`.
func exponential(of x: Double) -> Double { exp(x) }
