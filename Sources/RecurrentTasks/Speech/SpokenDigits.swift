import Foundation
import RecurrentData

/// Recordings inside the package: 360 of the Free Spoken Digit Dataset (Jackson et al. 2018, CC BY-SA 4.0), six of each digit by each of six speakers, at
/// 8 kHz.
///
/// 270 are to learn from and 30 to choose by, which are of the official training part; 60, of the official test part, are to be measured on.
enum SpokenDigits {
  /// What they are called in recipes and on the command line.
  static let name = "digits"

  /// Whether a source means them; what is on the disk goes first.
  static func isNamed(by source: DataSource) -> Bool {
    source == .path(name) && !FileManager.default.fileExists(atPath: name)
  }

  /// Their parts.
  static func parts() throws(DataError) -> [DataPart: RecordingSet] {
    let files = EmbeddedFiles.spokenDigits
    let set = try RecordingSet(text: files.manifest, name: name, sound: files.sound)
    return try set.indicesBySplit()?.mapValues(set.selecting) ?? [:]
  }
}
