public import Foundation
import RecurrentData
import RecurrentEmbedded
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The files that are part of the binary, so that it needs nothing beside it.
public enum EmbeddedFiles {
  /// The built-in recipes as YAML, in the order in which they are listed.
  static var recipes: [(name: String, text: String)] {
    var count = 0
    let files = recurrent_embedded_recipes(&count)
    return (0..<count).map { index in
      let file = files[index]
      return (String(cString: file.name), String(decoding: bytes(of: file), as: UTF8.self))
    }
  }

  /// The texts that a recipe can name as its data source.
  public static let textNames = ["tinyshakespeare"]

  /// The text of that name as UTF-8, or nil where there is none: 1.1 MB of Shakespeare for "tinyshakespeare".
  public static func text(named name: String) -> Data? {
    guard name == "tinyshakespeare" else { return nil }
    return Data(bytes(of: recurrent_embedded_tinyshakespeare()))
  }

  /// Spoken digits as one FLAC file, and the manifest that says which digit is where in it.
  static var spokenDigits: (manifest: String, sound: [UInt8]) {
    (String(decoding: bytes(of: recurrent_embedded_spoken_digits_manifest()), as: UTF8.self), Array(bytes(of: recurrent_embedded_spoken_digits())))
  }

  /// The features of SqueezeNet 1.1, trained on ImageNet.
  static func squeezeNet<Scalar: TensorScalar>() -> SqueezeNet<Scalar> {
    var generator = RandomGenerator(seed: 0)
    var network = SqueezeNet<Scalar>(.v1_1, using: &generator)
    do {
      let file = try SafetensorsFile(Array(bytes(of: recurrent_embedded_squeezenet())), path: "squeezenet1_1.safetensors")
      try loadParameters(into: &network, from: file)
    } catch {
      fatalError("the encoder inside the package cannot be read: \(error)")  // a test reads it
    }
    return network
  }

  /// What tells the weights of that network, and what is made of its features, from others.
  static let squeezeNetDigest: String = {
    var digest = Digest()
    digest.add(UInt32(1))  // log(1 + x)
    for byte in bytes(of: recurrent_embedded_squeezenet()) { digest.add(UInt32(byte)) }
    return digest.text
  }()

  private static func bytes(of file: recurrent_embedded_file) -> UnsafeBufferPointer<UInt8> {
    // Static and constant in the C target: valid as long as the program runs.
    UnsafeBufferPointer(start: file.bytes, count: file.count)
  }
}
