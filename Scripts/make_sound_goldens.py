#!/usr/bin/env python3
"""Makes Tests/RecurrentSoundTests/Fixtures/sounds.json: small sound files, and features of sound as librosa has them.

Nothing here is needed to build, test or run Recurrent: the file is committed. To make it again:

    python3 -m venv venv
    venv/bin/pip install librosa==0.11.0 soundfile==0.14.0
    venv/bin/python Scripts/make_sound_goldens.py

Files without loss hold whole numbers of a formula, which the test has too: `sample`. Those with loss hold a tone of 500 Hz that fills half of the
range, on the left alone where there are two channels.
"""

import base64
import io
import json
import pathlib

import librosa
import numpy as np
import soundfile

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "RecurrentSoundTests" / "Fixtures"
LOSSLESS = [
    ("WAV", "PCM_16", 8_000, 1), ("WAV", "PCM_16", 44_100, 2), ("WAV", "PCM_24", 16_000, 2), ("WAV", "PCM_32", 16_000, 1), ("WAV", "FLOAT", 22_050, 3),
    ("WAV", "DOUBLE", 16_000, 1), ("WAVEX", "PCM_16", 48_000, 6), ("RF64", "PCM_16", 16_000, 1), ("FLAC", "PCM_16", 16_000, 1), ("FLAC", "PCM_16", 44_100, 2),
    ("FLAC", "PCM_24", 96_000, 1),
]
LOSSY = [
    ("WAV", "ULAW", 8_000, 1), ("WAV", "PCM_U8", 11_025, 1), ("WAV", "IMA_ADPCM", 16_000, 1), ("WAV", "GSM610", 8_000, 1), ("OGG", "VORBIS", 16_000, 1),
    ("OGG", "VORBIS", 44_100, 2), ("OGG", "OPUS", 16_000, 1), ("OGG", "OPUS", 48_000, 2), ("MP3", "MPEG_LAYER_III", 16_000, 1),
    ("MP3", "MPEG_LAYER_III", 44_100, 2),
]
FEATURES = {
    "log-mel": dict(sampleRate=16_000, bandCount=80),
    "log-mel, few bands": dict(sampleRate=8_000, window=32, hop=8, bandCount=23, lowestFrequency=64, highestFrequency=3_400),
    "log-mel, odd window, long transform": dict(sampleRate=11_025, window=20, hop=7.5, fftSize=1024, bandCount=64, preEmphasis=0.97),
    "log-mel, two deltas": dict(sampleRate=16_000, window=40, hop=20, bandCount=20, deltas=2),
    "mfcc": dict(sampleRate=16_000, bandCount=40, kind=13, preEmphasis=0.97, deltas=1),
    "mfcc, all": dict(sampleRate=44_100, window=25, hop=25, bandCount=26, lowestFrequency=20, kind=26),
}


def text(data):
    return base64.b64encode(data).decode()


def sample(frame, channel):
    return (frame * 997 + channel * 7_919 + frame * frame * 13) % 40_001 - 20_000


def files():
    for container, encoding, rate, channels in LOSSLESS:
        whole = np.array([[sample(frame, channel) for channel in range(channels)] for frame in range(300)], dtype=np.int16)
        yield entry(container, encoding, rate, whole / 32_768 if encoding in ("FLOAT", "DOUBLE") else whole, False)
    for container, encoding, rate, channels in LOSSY:
        tone = 0.5 * np.sin(2 * np.pi * 500 * np.arange(int(0.4 * rate)) / rate)
        yield entry(container, encoding, rate, np.stack([tone] + [0 * tone] * (channels - 1), axis=1), True)


def entry(container, encoding, rate, samples, lossy):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=container, subtype=encoding)
    name = f"{container} {encoding}, {rate} Hz, {samples.shape[1]}"
    return {
        "name": name, "file": text(file.getvalue()), "sampleRate": rate, "channelCount": samples.shape[1], "frameCount": samples.shape[0], "isLossy": lossy,
    }


def features(number, settings):
    rate = settings["sampleRate"]
    generator = np.random.default_rng(number)
    time = np.arange(int(0.3 * rate)) / rate
    sound = 0.3 * np.sin(2 * np.pi * (200 + 0.2 * rate * time) * time) + 0.02 * generator.standard_normal(len(time))
    whole = np.round(sound * 32_768).astype("<i2")
    y = whole.astype(np.float64) / 32_768
    if emphasis := settings.get("preEmphasis"):
        y = librosa.effects.preemphasis(y, coef=emphasis, zi=[0.0])
    window = int(settings.get("window", 25) * rate / 1_000 + 0.5)
    hop = int(settings.get("hop", 10) * rate / 1_000 + 0.5)
    size = settings.setdefault("fftSize", 1 << (window - 1).bit_length())
    mel = librosa.feature.melspectrogram(
        y=y, sr=rate, n_fft=size, win_length=window, hop_length=hop, n_mels=settings["bandCount"], fmin=settings.get("lowestFrequency", 0),
        fmax=settings.get("highestFrequency", rate / 2), power=2.0, pad_mode="constant", dtype=np.float64,
    )
    rows = np.log(np.maximum(mel, 1e-10))
    if "kind" in settings:
        rows = librosa.feature.mfcc(S=rows, n_mfcc=settings["kind"])
    parts = [rows]
    for _ in range(settings.get("deltas", 0)):
        parts.append(librosa.feature.delta(parts[-1], width=5, mode="nearest"))
    frames = np.concatenate(parts).T
    return {"samples": text(whole.tobytes()), "frames": text(frames.astype("<f4").tobytes()), "settings": settings, "frameCount": frames.shape[0]}


def main():
    golden = {
        "librosa": librosa.__version__, "soundfile": soundfile.__libsndfile_version__, "files": list(files()),
        "features": [{"name": name, **features(number, dict(settings))} for number, (name, settings) in enumerate(FEATURES.items())],
    }
    FIXTURES.mkdir(parents=True, exist_ok=True)
    path = FIXTURES / "sounds.json"
    path.write_text(json.dumps(golden, indent=0) + "\n")
    print(f"{path}: {len(golden['files'])} files, {len(golden['features'])} features, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
