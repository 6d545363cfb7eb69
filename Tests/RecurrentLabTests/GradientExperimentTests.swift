import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentLab

/// The theory of gradients through time, as the experiment measures it.
@Suite struct GradientExperimentTests {
  private func lines(_ matrix: RecurrentMatrix.Kind, steps: Int = 60) throws -> SimpleLines {
    var parameters = GradientParameters()
    (parameters.units, parameters.steps, parameters.sequences, parameters.matrix) = (20, steps, 5, matrix)
    return try SimpleLines(parameters, Bench(seed: 3))
  }

  @Test func theSlopeOfALinearNetworkIsTheLogarithmOfTheRadius() throws {
    for line in try lines(.orthogonal).lines(of: .linear) {
      let slope = try #require(line.measured.slope)
      #expect(abs(slope - log(try #require(line.radius))) < 1e-6)
    }
  }

  /// Any matrix has the slope in the long run: here one whose largest eigenvalue is well apart from the others.
  @Test func theRadiusDecidesInTheLongRunWhateverTheMatrix() {
    let size = 6
    var generator = RandomGenerator(seed: 5)
    var triangle = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      triangle[row * size + row] = row == 0 ? 0.9 : 0.3
      for column in row + 1..<size { triangle[row * size + column] = generator.normal() }
    }
    let cell = SimpleCell<Double>(
      .linear, inputWeight: Tensor(zeros: [size, 1]), recurrentWeight: Tensor(shape: [size, size], scalars: triangle))
    let measured = StateGradients(of: cell, over: Tensor(zeros: [121, 1, 1]), towards: Tensor(repeating: 0.5, shape: [size]))
    #expect(abs((measured.slope ?? 0) - log(0.9)) < 1e-6)
    #expect((measured.norms.max() ?? 0) > 1.3, "it grows first: the matrix is far from normal")
  }

  @Test(arguments: [RecurrentMatrix.Kind.orthogonal, .normal, .triangular])
  func saturatingNetworksStayUnderTheBound(matrix: RecurrentMatrix.Kind) throws {
    let lines = try lines(matrix)
    for activation in [SimpleActivation.tanh, .sigmoid] {
      let own = lines.lines(of: activation)
      #expect(own.count == 5)
      for line in own {
        #expect(line.isBounded, "\(activation) at radius \(line.radius ?? 0)")
        #expect(line.measured.norms[0] > 0.999_999 && line.measured.norms[0] < 1.000_001)
      }
    }
  }

  /// The check of the bound can fail: it does for a network whose slope is above what is claimed.
  @Test func aBoundThatIsTooLowIsSeen() throws {
    let line = try #require(try lines(.orthogonal).lines(of: .linear).last)
    let wrong = GradientLine(network: "", radius: nil, measured: line.measured, expectedSlope: nil, bound: (line.bound ?? 1) * 0.99)
    #expect(line.isBounded && !wrong.isBounded)
  }

  @Test func radiusAndSingularValueOfKnownMatrices() {
    // A rotation by a quarter, doubled: eigenvalues ±2i.
    #expect(abs(RecurrentMatrix.spectralRadius([0, 2, -2, 0], 2) - 2) < 1e-12)
    // Nilpotent but for the diagonal: radius 1/2, singular value almost 10.
    #expect(abs(RecurrentMatrix.spectralRadius([0.5, 10, 0, 0.5], 2) - 0.5) < 1e-9)
    #expect(abs(RecurrentMatrix.largestSingularValue([3, 0, 0, -4], 2) - 4) < 1e-12)
    #expect(RecurrentMatrix.spectralRadius([0, 1, 0, 0], 2) == 0)
    var generator = RandomGenerator(seed: 1)
    let rotation = RecurrentMatrix(.orthogonal, size: 30, using: &generator)
    #expect(abs(rotation.largestSingularValue - 1) < 1e-9)
    for kind in RecurrentMatrix.Kind.allCases {
      let matrix = RecurrentMatrix(kind, size: 30, using: &generator)
      #expect(abs(RecurrentMatrix.spectralRadius(matrix.values, 30) - 1) < 1e-6, "\(kind)")
    }
  }

  @Test func anOpenForgetGateKeepsTheGradient() throws {
    var parameters = GradientParameters()
    (parameters.units, parameters.steps, parameters.sequences) = (10, 30, 3)
    let norms = try GatedLines(parameters, Bench()).lines.map { $0.measured.norms[30] }
    #expect(norms[0] < norms[1] && norms[1] < norms[2], "forget biases 0, 1, 3")
  }
}
