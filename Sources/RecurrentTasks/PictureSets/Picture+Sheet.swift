import RecurrentPictures
import RecurrentTensors

extension Picture {
  /// Pictures `[pictures, height, width, channels]` from 0 to 1, row by row on one sheet, with a grey line between them.
  init(sheetOf pictures: Tensor<Float>, columns: Int, gap: Int = 1) {
    let shape = PictureShape(height: pictures.shape[1], width: pictures.shape[2], channels: pictures.shape[3])
    let (count, numbers) = (pictures.shape[0], pictures.scalars)
    let rows = max(1, (count + columns - 1) / columns)
    let (wide, tall) = (shape.width + gap, shape.height + gap)
    let width = columns * wide - gap
    var pixels = [UInt8](repeating: 128, count: 3 * width * (rows * tall - gap))
    for picture in 0..<count {
      let (top, left) = (picture / columns * tall, picture % columns * wide)
      for row in 0..<shape.height {
        for column in 0..<shape.width {
          let from = ((picture * shape.height + row) * shape.width + column) * shape.channels
          let to = 3 * ((top + row) * width + left + column)
          for channel in 0..<3 {
            let number = numbers[numbers.startIndex + from + (shape.channels == 3 ? channel : 0)]
            pixels[to + channel] = UInt8(max(0, min(255, (number * 255).rounded())))
          }
        }
      }
    }
    self.init(width: width, height: rows * tall - gap, pixels: pixels)
  }
}
