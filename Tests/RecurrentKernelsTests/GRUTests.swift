import Testing

extension KernelTests {
  @Suite struct GRUTests {
    @Test(arguments: [1, 3, 17, 32, 33, 65]) func forwardAndBackward(hidden: Int) {
      for shape in sequenceGrid(.gru, hidden: hidden) {
        expectNaiveResults(shape, Float.self)
        expectNaiveResults(shape, Double.self)
      }
    }
  }
}
