import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentPictures

struct PictureTests {
  @Test(arguments: Fixtures.resized) func sizesAreThoseOfPillow(golden: Fixtures.Resized) {
    let picture = Picture(width: golden.width, height: golden.height, pixels: Array(golden.pixels))
    let resized = picture.resized(width: golden.newWidth, height: golden.newHeight)
    #expect(resized.width == golden.newWidth && resized.height == golden.newHeight)
    #expect(resized.pixels == Array(golden.newPixels))
  }

  /// What is of one colour stays so.
  @Test func sizesKeepAColour() {
    let color = Picture.Color(red: 1, green: 128, blue: 254)
    for (width, height) in [(1, 1), (7, 200), (33, 32)] {
      let resized = Picture(width: 50, height: 20, filledWith: color).resized(width: width, height: height)
      #expect(resized == Picture(width: width, height: height, filledWith: color))
    }
  }

  @Test func pixelsAndParts() {
    var picture = Picture(width: 5, height: 3, filledWith: .white)
    picture[1, 4] = .black
    #expect(picture[1, 4] == .black && picture[1, 3] == .white && picture.pixels.count { $0 == 0 } == 3)
    #expect(Array(picture.pixels[27..<30]) == [0, 0, 0])
    #expect(picture.cropped(rows: 1..<2, columns: 3..<5).pixels == [255, 255, 255, 0, 0, 0])
    picture[0, 1] = .black
    let square = picture.centerSquare
    #expect(square.width == 3 && square.height == 3 && square[0, 0] == .black)
  }

  @Test func writtenAndReadAgain() throws {
    var picture = Picture(width: 300, height: 7, filledWith: Picture.Color(red: 9, green: 200, blue: 30))
    for column in 0..<300 { picture[column % 7, column] = Picture.Color(red: UInt8(column % 256), green: 3, blue: UInt8(column * 7 % 256)) }
    let bytes = try picture.png()
    #expect(bytes[25] == 2)
    #expect(try Picture(decoding: bytes, path: "") == picture)
    let grey = Picture(width: 2, height: 2, pixels: [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    #expect(try grey.png()[25] == 0 && Picture(decoding: grey.png(), path: "") == grey)
    // Noise does not get smaller.
    let noise = Picture(width: 100, height: 100, pixels: (0..<30_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13 ^ $0 >> 3) })
    #expect(try Picture(decoding: noise.png(), path: "") == noise)
    try withDirectory { directory in
      try picture.write(png: directory.appending(path: "a.png"))
      #expect(try Picture(contentsOf: directory.appending(path: "a.png")) == picture)
      let missing = directory.appending(path: "none/a.png")
      #expect(message { try picture.write(png: missing) }.hasPrefix("\(missing.path): cannot be written: "))
    }
    let wide = Picture(width: 1_000_001, height: 1, filledWith: .black)
    #expect(message { _ = try wide.png() }.hasPrefix("the picture: cannot be written as PNG ("))
  }

  @Test func inputsOfANetwork() throws {
    let picture = Picture(width: 4, height: 2, pixels: (0..<24).map { UInt8($0 * 10) })
    let plain = PicturePreprocessing(size: 2).tensor(of: [picture, picture])
    #expect(plain.shape == [2, 2, 2, 3])
    #expect(plain.scalars[0..<6].map { ($0 * 255).rounded() } == [30, 40, 50, 60, 70, 80])
    #expect(plain.scalars[6..<9].map { ($0 * 255).rounded() } == [150, 160, 170])
    let caffe = PicturePreprocessing.squeezeNet(size: 2).tensor(of: [picture])
    #expect(Array(caffe.scalars[0..<3]) == [-54, -77, -93])
    let whole = PicturePreprocessing(size: 2, framing: .fit).square(of: picture)
    #expect(whole == picture.resized(width: 2, height: 2))
  }

  @Test func preprocessingIsAValueOfTheModel() throws {
    let values = [
      PicturePreprocessing.squeezeNet(size: 227, framing: .fit),
      PicturePreprocessing(size: 64, channels: .rgb, mean: [1, 2, 3.5], scale: [0.1, 0.2, 0.3]),
    ]
    let data = try JSONEncoder().encode(values)
    #expect(try JSONDecoder().decode([PicturePreprocessing].self, from: data) == values)
    let good = try #require(String(data: JSONEncoder().encode(values[1]), encoding: .utf8))
    func found(_ old: String, _ new: String) -> String {
      message { _ = try JSONDecoder().decode(PicturePreprocessing.self, from: Data(good.replacing(old, with: new).utf8)) }
    }
    #expect(found("64", "0").contains("the size 0 is not from 1 to 4096"))
    #expect(found("64", "100000").contains("the size 100000"))
    #expect(found("[1,2,3.5]", "[1,2]").contains("2 means and 3 scales for 3 channels"))
    #expect(found("0.2", "0").contains("no scale 0"))
    #expect(found("rgb", "cmyk") != "nothing thrown")
  }
}
