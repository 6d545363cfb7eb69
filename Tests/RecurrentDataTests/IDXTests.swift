import Foundation
import Testing

@testable import RecurrentData

struct IDXTests {
  private static let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3]

  @Test func plainAndCompressed() throws {
    let file = Self.header + [1, 2, 3, 4, 5, 255]
    for content in [file, gzipped(file)] {
      let idx = try withFile(content) { try IDXFile(contentsOf: $0) }
      #expect(idx.shape == [2, 1, 3] && idx.bytes == [1, 2, 3, 4, 5, 255])
    }
    try withDirectory(["images": file, "labels": [0, 0, 8, 1, 0, 0, 0, 2, 9, 0]]) { directory in
      let images = try LabelledImages(images: directory.appending(path: "images"), labels: directory.appending(path: "labels"))
      #expect(images.count == 2 && images.height == 1 && images.width == 3 && images.labels == [9, 0])
      #expect(Array(images.pixels(of: 1)) == [4, 5, 255])
    }
  }

  @Test(arguments: [
    ([], "FILE: is no idx file: it does not begin with 0 0 8 and the number of axes (it is empty)"),
    ([137, 80, 78, 71, 0], "FILE: is no idx file: it does not begin with 0 0 8 and the number of axes but with 137 80 78 71"),
    ([0, 0, 13, 1, 0, 0, 0, 0], "FILE: the elements are of the type 13; only unsigned bytes (type 8), as MNIST has them, are read"),
    ([0, 0, 8, 9], "FILE: the idx header says 9 axes; 1 to 4 are read"),
    ([0, 0, 8, 3, 0, 0], "FILE: is truncated: 6 bytes where the header needs 16; copy or download the file again"),
    ([0, 0, 8, 1, 0, 0, 0, 0], "FILE: the idx header says 0: there is nothing in this file"),
    (header + [1, 2, 3, 4, 5], "FILE: is truncated: 21 bytes where 2 x 1 x 3 elements need 22; copy or download the file again"),
    (header + [1, 2, 3, 4, 5, 6, 7], "FILE: has 1 byte more than its header says (2 x 1 x 3); copy or download the file again"),
    (
      [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1],
      "FILE: the idx header says 4294967295 x 4294967295, which no file can hold"
    ),
  ] as [([UInt8], String)])
  func filesThatAreNone(bytes: [UInt8], expected: String) throws {
    #expect(try message(bytes) { _ = try IDXFile(contentsOf: $0) } == expected)
  }

  @Test func truncatedGzip() throws {
    let whole = gzipped(Self.header + [UInt8](repeating: 7, count: 6))
    #expect(
      try message(Array(whole.dropLast(9))) { _ = try IDXFile(contentsOf: $0) }
        == "FILE: the gzip data end too early: the file is truncated; copy or download it again")
  }

  @Test func pairsThatDoNotMatch() throws {
    let images = Self.header + [1, 2, 3, 4, 5, 6]
    let files: [String: [UInt8]] = [
      "images": images, "two": [0, 0, 8, 1, 0, 0, 0, 2, 9, 0], "three": [0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 1],
    ]
    try withDirectory(files) { directory in
      func error(_ images: String, _ labels: String) -> String {
        message {
          _ = try LabelledImages(images: directory.appending(path: images), labels: directory.appending(path: labels))
        }.replacing(directory.path, with: "DIR")
      }
      #expect(error("images", "three") == "DIR/three: has 3 labels for the 2 images of DIR/images; use files of one set")
      #expect(error("two", "images") == "DIR/two: holds 2, which are no images (images x rows x columns); are these the labels?")
      #expect(error("images", "images") == "DIR/images: holds 2 x 1 x 3, which are no labels (one axis); are these the images?")
      #expect(error("none", "two") == "DIR/none: no such file or directory")
    }
  }

  @Test(.enabled(if: SharedData.has(SharedData.mnist), "MNIST is not beside the checkout"))
  func mnistHasTheKnownCounts() throws {
    let test = try LabelledImages(
      images: SharedData.mnist.appending(path: "t10k-images-idx3-ubyte.gz"),
      labels: SharedData.mnist.appending(path: "t10k-labels-idx1-ubyte.gz"))
    #expect(test.count == 10_000 && test.height == 28 && test.width == 28)
    #expect((0..<10).map { digit in test.labels.count { $0 == digit } } == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  }
}
