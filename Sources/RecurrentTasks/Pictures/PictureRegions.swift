import RecurrentTensors

/// The regions of a picture: boxes of the places of its grid.
///
/// There is the whole picture, boxes of half and of a quarter of its sides, each lying over half of the next, and, if wanted, each place alone.
public struct PictureRegions: Sendable, Equatable {
  /// A box of places.
  public struct Box: Sendable, Hashable {
    /// The rows of the grid that it covers.
    public var rows: Range<Int>
    /// The columns.
    public var columns: Range<Int>
  }

  /// The grid that they are of.
  public let grid: PictureGrid
  /// The boxes, the whole picture last.
  public let boxes: [Box]

  /// The number of regions.
  public var count: Int { boxes.count }

  /// The regions of a grid.
  ///
  /// - Parameter cells: Whether each place is a region too.
  init(_ grid: PictureGrid, cells: Bool) {
    self.grid = grid
    // The parts of a side of `length` places that are covered by boxes that lie over half of each other.
    func parts(_ length: Int, dividedBy divisor: Int) -> [Range<Int>] {
      let size = max(1, (length + divisor / 2) / divisor)
      let gaps = length - size
      let count = gaps == 0 ? 1 : (gaps + (size + 1) / 2 - 1) / ((size + 1) / 2) + 1
      return (0..<count).map { index in
        let start = count == 1 ? 0 : (2 * index * gaps + count - 1) / (2 * (count - 1))
        return start..<start + size
      }
    }
    var boxes: [Box] = []
    if cells { boxes += (0..<grid.count).map { Box(rows: $0 / grid.wide..<$0 / grid.wide + 1, columns: $0 % grid.wide..<$0 % grid.wide + 1) } }
    for divisor in [4, 2, 1] {
      for rows in parts(grid.high, dividedBy: divisor) {
        for columns in parts(grid.wide, dividedBy: divisor) {
          let box = Box(rows: rows, columns: columns)
          if !boxes.contains(box) { boxes.append(box) }
        }
      }
    }
    self.boxes = boxes
  }

  /// The whole picture alone.
  init(wholeOf grid: PictureGrid) { (self.grid, boxes) = (grid, [Box(rows: 0..<grid.high, columns: 0..<grid.wide)]) }

  /// The number of features of a region.
  var featureCount: Int { 2 * grid.features }

  /// What is known of regions, `[regions, batch, 2 features]`, of places `[places, batch, features]`: the mean of each feature over the region's places,
  /// and the logarithm of the mean of its exponential, which lies near its maximum: what fills a region, and what is somewhere in it.
  func description<Scalar: TensorScalar>(of places: Tensor<Scalar>) -> Tensor<Scalar> {
    let (batch, features) = (places.shape[1], places.shape[2])
    let shares: Tensor<Scalar> = shares()
    func mean(_ places: Tensor<Scalar>) -> Tensor<Scalar> {
      matmul(shares, places.reshaped(to: [grid.count, batch * features])).reshaped(to: [count, batch, features])
    }
    return mean(places).concatenated(with: mean(places.clamped(to: -60...60).exp()).log(), alongAxis: 2)
  }

  /// What makes means over regions of places: `[regions, places]`, in each row the places of a box with equal shares.
  func shares<Scalar: TensorScalar>() -> Tensor<Scalar> {
    var scalars = [Scalar](repeating: 0, count: count * grid.count)
    for (index, box) in boxes.enumerated() {
      let share = 1 / Scalar(box.rows.count * box.columns.count)
      for row in box.rows {
        for column in box.columns { scalars[index * grid.count + row * grid.wide + column] = share }
      }
    }
    return Tensor(shape: [count, grid.count], scalars: scalars)
  }
}
