import Testing

extension KernelTests {
  @Suite struct ElmanTests {
    @Test(arguments: [1, 3, 17, 32, 33, 65]) func forwardAndBackwardTanh(hidden: Int) {
      for shape in sequenceGrid(.elmanTanh, hidden: hidden) {
        expectNaiveResults(shape, Float.self)
        expectNaiveResults(shape, Double.self)
      }
    }

    @Test(arguments: [1, 17, 65]) func forwardAndBackwardRelu(hidden: Int) {
      for shape in sequenceGrid(.elmanRelu, hidden: hidden) { expectNaiveResults(shape, Double.self) }
    }

    /// More than one panel of four unit vectors, with a remainder, for every width of a vector.
    @Test(arguments: [FusedCell.elmanTanh, .elmanRelu]) func severalPanels(cell: FusedCell) {
      for hidden in [64, 130, 200] {
        for batch in [1, 2, 3, 4, 12, 14] {
          expectNaiveResults(SequenceShape(cell: cell, time: 3, batch: batch, input: 9, hidden: hidden), Double.self)
        }
      }
    }
  }
}
