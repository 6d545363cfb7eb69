#!/usr/bin/env python3
"""Makes the spoken digits inside the command: Sources/RecurrentEmbedded/spoken-digits.flac, and spoken-digits.tsv, which says what is where in it.

Nothing here is needed to build, test or run Recurrent: both files are committed. To make them again from a copy of the Free Spoken Digit Dataset:

    apt-get install -y flac
    python3 Scripts/make_spoken_digits.py DIR/recordings

Each of the six speakers says each digit six times. Number 0 is of the official test part; of the others, which are of its training part, half of those
numbered 41 are for validation, so that each speaker has five there and each digit three. Recordings follow each other without a pause; FLAC keeps samples
exactly.
"""

import pathlib
import subprocess
import sys
import tempfile
import wave

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "RecurrentEmbedded"
SPEAKERS = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
NUMBERS = [0, 5, 14, 23, 32, 41]
RATE = 8_000


def part(digit, speaker, number):
    if number < 5:
        return "test"
    return "valid" if number == NUMBERS[-1] and (digit + speaker) % 2 == 0 else "train"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_spoken_digits.py FOLDER_OF_RECORDINGS")
    rows, samples = ["file\ttext\tstart\tend\tspeaker\tsplit"], bytearray()
    for number in NUMBERS:
        for speaker, name in enumerate(SPEAKERS):
            for digit, text in enumerate(DIGITS):
                file = f"{digit}_{name}_{number}.wav"
                with wave.open(str(pathlib.Path(sys.argv[1]) / file)) as recording:
                    if recording.getparams()[:3] != (1, 2, RATE):
                        sys.exit(f"{file} is not of one channel, 16 bits and {RATE} Hz")
                    start = len(samples) // 2
                    samples += recording.readframes(recording.getnframes())
                # A sample lasts 0.000125 s.
                rows.append(f"{file}\t{text}\t{start / RATE:.6f}\t{len(samples) / 2 / RATE:.6f}\t{name}\t{part(digit, speaker, number)}")
    target = TARGET / "spoken-digits.flac"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "digits.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples)
        subprocess.run(["flac", "--silent", "--force", "-8", "-e", "-p", "-b", "768", "--no-padding", "-S", "10s", "-o", target, path], check=True)
        decoding = ["flac", "--silent", "-d", "-c", "--force-raw-format", "--endian=little", "--sign=signed", target]
        raw = subprocess.run(decoding, check=True, capture_output=True).stdout
    if raw != samples:
        sys.exit("the samples do not come back from FLAC as they were")
    (TARGET / "spoken-digits.tsv").write_text("\n".join(rows) + "\n")
    print(f"{target}: {len(rows) - 1} recordings, {len(samples) / 2 / RATE:.0f} s, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
