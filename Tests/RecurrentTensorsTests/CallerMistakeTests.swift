import RecurrentTensors
import Testing

/// Mistakes of a caller end the process with a message that names the operation and the shapes, in optimized builds too.
@Suite struct TensorMistakeTests {
  @Test func matmulOfShapesThatDoNotMultiply() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = matmul(Tensor<Float>(ones: [2, 3]), Tensor<Float>(ones: [4, 5]))
    }
    expect(result, says: ["matmul", "[2, 3]", "[4, 5]"])
  }

  @Test func sumOfShapesThatDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2]) + Tensor<Float>(ones: [3])
    }
    expect(result, says: ["[2]", "[3]"])
  }

  @Test func gatheringARowThatIsNotThere() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2, 2]).gatheringRows(at: IndexTensor(shape: [1], scalars: [2]))
    }
    expect(result, says: ["gatheringRows(at:)", "index 2", "0 ..< 2"])
  }

  @Test func scalarsThatAreNotTheShapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(shape: [2, 2], scalars: [1, 2, 3])
    }
    expect(result, says: ["3", "[2, 2]"])
  }

  @Test func indicesThatAreNotTheShapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = IndexTensor(shape: [2, 2], scalars: [1, 2, 3])
    }
    expect(result, says: ["IndexTensor", "3 numbers", "[2, 2]"])
  }

  @Test func reshapingToAnotherNumber() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2, 3]).reshaped(to: [4])
    }
    expect(result, says: ["[2, 3]", "[4]"])
  }

  @Test func slicingPastTheEnd() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2, 3]).sliced(1..<4)
    }
    expect(result, says: ["1..<4"])
  }

  @Test func picturesWithOtherChannels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = convolution(Tensor<Float>(ones: [1, 5, 5, 3]), ConvolutionFilters(weight: Tensor(ones: [2, 4, 3, 3])))
    }
    expect(result, says: ["convolution", "[1, 5, 5, 3]", "[2, 4, 3, 3]"])
  }

  @Test func aWindowThatDoesNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = convolution(Tensor<Float>(ones: [1, 2, 9, 3]), ConvolutionFilters(weight: Tensor(ones: [2, 3, 3, 3])))
    }
    expect(result, says: ["convolution", "3 x 3", "[1, 2, 9, 3]"])
  }

  @Test func filtersInGroupsThatDoNotDivide() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = convolution(Tensor<Float>(ones: [1, 5, 5, 4]), ConvolutionFilters(weight: Tensor(ones: [3, 2, 1, 1]), groups: 2))
    }
    expect(result, says: ["convolution", "[3, 2, 1, 1]", "2 groups"])
  }

  @Test func filtersSideBySideWithOtherPlaces() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor<Float>(ones: [1, 5, 5, 3])
      _ = convolution(
        x, ConvolutionFilters(weight: Tensor(ones: [2, 3, 1, 1])), ConvolutionFilters(weight: Tensor(ones: [2, 3, 3, 3])))
    }
    expect(result, says: ["side by side", "1 x 1", "3 x 3", "[1, 5, 5, 3]"])
  }

  @Test func poolingWithTooMuchPadding() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [1, 5, 5, 3]).maximumPooled(over: Window2D(size: 2, padding: 2))
    }
    expect(result, says: ["maximumPooled", "padding 2 x 2"])
  }

  @Test func normalizingOtherFeatures() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2, 3]).batchNormalized(gain: Tensor(ones: [4]), bias: Tensor(ones: [3]))
    }
    expect(result, says: ["batchNormalized", "[2, 3]", "[4]"])
  }

  @Test func joiningOtherShapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2, 3]).concatenated(with: Tensor(ones: [2, 4]), alongAxis: 0)
    }
    expect(result, says: ["[2, 3]", "[2, 4]"])
  }

  @Test func targetsOfAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = crossEntropy(logits: Tensor<Float>(ones: [2, 3]), targets: IndexTensor(shape: [3], scalars: [0, 1, 2]))
    }
    expect(result, says: ["crossEntropy", "[2, 3]", "[3]"])
  }

  @Test func aTargetThatIsNoClass() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = crossEntropy(logits: Tensor<Float>(ones: [1, 3]), targets: IndexTensor(shape: [1], scalars: [3]))
    }
    expect(result, says: ["crossEntropy", "index 3", "0 ..< 3"])
  }

  @Test func tensorsOfTwoTapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (a, b) = (Tape<Float>(), Tape<Float>())
      _ = a.watch(Tensor(ones: [2])) + b.watch(Tensor(ones: [2]))
    }
    expect(result, says: ["two tapes"])
  }

  @Test func theScalarOfSeveralNumbers() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(ones: [2]).scalar
    }
    expect(result, says: ["[2]"])
  }
}

/// Expects that a process ended with a message that has these words.
private func expect(_ result: ExitTest.Result?, says words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  for word in words { #expect(message.contains(word), "\(message)", sourceLocation: sourceLocation) }
}
