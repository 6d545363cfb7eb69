public import Foundation
public import RecurrentData
import RecurrentTensors

extension Waveform {
  /// The sound as a WAV file of 16 bits a sample. What is beyond -1 and 1 is cut off there; what is not a number is 0.
  ///
  /// Samples that came from 16 bits are the same bits again.
  ///
  /// - Precondition: less than 4 GB, as all WAV files.
  public func wav() -> [UInt8] {
    check(samples.count < 1 << 31 - 18, "Waveform: \(samples.count) samples are more than a WAV file holds")
    let size = UInt32(2 * samples.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(44 + 2 * samples.count)
    func append(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
    bytes += "RIFF".utf8
    append(36 + size)
    bytes += "WAVEfmt ".utf8
    append(16 as UInt32)
    append(1 as UInt16)  // PCM
    append(1 as UInt16)  // channel
    append(UInt32(sampleRate))
    append(UInt32(2 * sampleRate))  // bytes a second
    append(2 as UInt16)  // bytes a frame
    append(16 as UInt16)  // bits a sample
    bytes += "data".utf8
    append(size)
    for sample in samples { append(sample.isNaN ? 0 : Int16(max(-32_768, min(32_767, (sample * 32_768).rounded())))) }
    return bytes
  }

  /// Writes the sound as a WAV file of 16 bits a sample, whole or not at all.
  ///
  /// - Throws: `DataError` that says why it cannot be written.
  public func write(wav url: URL) throws(DataError) {
    do {
      try Data(wav()).write(to: url, options: .atomic)
    } catch {
      throw DataError(url.path, "cannot be written: \(error.localizedDescription)")
    }
  }
}
