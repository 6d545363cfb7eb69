import RecurrentData

/// The formats of sound files that are read.
enum SoundFormat: String {
  case wav = "WAV"
  case flac = "FLAC"
  case ogg = "Ogg"
  case mp3 = "MP3"

  /// The format of a file, by its first bytes.
  init(recognizing bytes: [UInt8], path: String) throws(DataError) {
    func begins(_ text: String, at place: Int = 0) -> Bool { bytes.dropFirst(place).starts(with: text.utf8) }
    if bytes.isEmpty { throw DataError(path, "is empty: there is no sound in it; copy or download it again") }
    if begins("RIFF") || begins("RF64"), begins("WAVE", at: 8) {
      self = .wav
    } else if begins("fLaC") {
      self = .flac
    } else if begins("OggS") {
      self = .ogg
    } else if begins("ID3") || bytes.count > 1 && bytes[0] == 0xFF && bytes[1] & 0xE6 == 0xE2 {
      self = .mp3
    } else if let other = Self.other(begins) {
      throw DataError(path, "is \(other); WAV, FLAC, Ogg and MP3 are read: convert it")
    } else {
      let beginning = bytes.prefix(4).map { "\($0)" }.joined(separator: " ")
      throw DataError(path, "is no sound: WAV, FLAC, Ogg and MP3 are read, and none of them begins with the bytes \(beginning)")
    }
  }

  /// How many samples before a place must be read for those after it to be right, beyond what libsndfile reads by itself. A frame of MP3 may use 511 bytes
  /// of those before it, which are at most 24 of 1152 samples; where they are missing, it is silent.
  var memory: Int { self == .mp3 ? 24 * 1_152 : 0 }

  /// What another file is that people have for sound.
  private static func other(_ begins: (String, Int) -> Bool) -> String? {
    if begins("RIFX", 0) || begins("riff", 0) { return "a rare kind of WAV" }
    if begins("RIFF", 0) { return "a RIFF file without sound, perhaps a film" }
    if begins("FORM", 0) { return "an AIFF file" }
    if begins(".snd", 0) { return "an AU file" }
    if begins("caff", 0) { return "a Core Audio file" }
    if begins("NIST_1A", 0) { return "a NIST SPHERE file" }
    if begins("#!AMR", 0) { return "an AMR file" }
    if begins("\u{1A}E", 0) { return "a Matroska or WebM file" }
    if begins("ftyp", 4) { return "an MP4 file (AAC or a film)" }
    if begins("\u{1F}", 0) || begins("BZh", 0) || begins("PK\u{3}\u{4}", 0) { return "compressed or an archive, which must be unpacked first" }
    if begins("<", 0) { return "a web page" }
    return nil
  }
}
