import RecurrentLayers
public import RecurrentTensors

extension DrawNetwork {
  /// What a picture costs, in nats: a bound from above of the negative logarithm of its probability (Gregor et al. 2015, equations 9 to 12).
  public struct Bound: Sendable {
    /// How unlikely the picture is when the canvas is there.
    public var reconstruction: Double
    /// How much the numbers of the strokes tell: the divergence of their distributions from the standard normal one.
    public var divergence: Double

    /// Both.
    public var total: Double { reconstruction + divergence }
  }

  /// Cross-entropies of pixels and divergences of strokes, as sums over the batch.
  func costs(of pictures: Tensor<Scalar>, _ painting: Painting) -> (reconstruction: Tensor<Scalar>, divergence: Tensor<Scalar>) {
    let canvas = painting.canvas
    let reconstruction = (canvas.softplus() - pictures * canvas).sum()
    guard let distributions = painting.distributions else { return (reconstruction, Tensor(0)) }
    let parts = distributions.split(count: 2, alongAxis: 1)
    let (mean, logDeviation) = (parts[0], parts[1])
    let divergence = (mean.squared() + (2 * logDeviation).exp() - 2 * logDeviation).sum() * 0.5 - Scalar(mean.count) / 2
    return (reconstruction, divergence)
  }

  /// The bound of a batch of pictures, a mean over them, to be minimized.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, height, width, channels]`, from 0 to 1.
  ///   - noise: `[glimpses, batch, latent]`.
  public func loss(of pictures: Tensor<Scalar>, noise: Tensor<Scalar>) -> Tensor<Scalar> {
    let (reconstruction, divergence) = costs(of: pictures, self(pictures, noise: noise))
    return (reconstruction + divergence) * (1 / Scalar(pictures.shape[0]))
  }
}
