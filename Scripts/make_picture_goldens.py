#!/usr/bin/env python3
"""Makes Tests/RecurrentPicturesTests/Fixtures/pictures.json: small files of pictures, with the pixels that they hold.

Nothing here is needed to build, test or run Recurrent: the file is committed. To make it again:

    python3 -m venv venv
    venv/bin/pip install pillow==11.3.0
    venv/bin/python Scripts/make_picture_goldens.py

JPEG files are written and read by Pillow, and so are the resized pictures. PNG files are written here, byte by byte, and their pixels follow from
the PNG specification: all kinds of colour, all depths, with and without interlacing, opacity and transparent colours.
`cat.jpeg`, which lies beside the file, is from rcmalli/keras-squeezenet (MIT licence).
"""

import base64
import io
import json
import pathlib
import random
import struct
import zlib

from PIL import Image, ImageOps, __version__

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "RecurrentPicturesTests" / "Fixtures"
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def text(data):
    return base64.b64encode(data).decode()


def entry(name, data, image):
    return {"name": name, "file": text(data), "width": image.width, "height": image.height, "pixels": text(image.convert("RGB").tobytes())}


def gradient(width, height, seed):
    """Smooth colours, so that JPEG changes them little."""
    r = random.Random(seed)
    a = [[r.random() for _ in range(3)] for _ in range(3)]
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), tuple(int(255 * (p * x / width + q * y / height + s) / 3) for p, q, s in a))
    return image


def jpegs():
    image = gradient(21, 14, 1)
    kinds = {
        "4:2:0": (image, dict(subsampling=2)),
        "4:2:2": (image, dict(subsampling=1)),
        "4:4:4": (image, dict(subsampling=0)),
        "progressive": (image, dict(progressive=True)),
        "restarts": (image, dict(restart_marker_blocks=1)),
        "grey": (image.convert("L"), {}),
        "CMYK": (image.convert("CMYK"), {}),
        "one pixel": (gradient(1, 1, 2), {}),
    }
    for name, (kind, options) in kinds.items():
        out = io.BytesIO()
        kind.save(out, "JPEG", quality=92, **options)
        yield entry(f"JPEG {name}", out.getvalue(), Image.open(io.BytesIO(out.getvalue())))
    for orientation in range(1, 9):
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = orientation
        image.save(out, "JPEG", quality=92, exif=exif)
        yield entry(f"JPEG orientation {orientation}", out.getvalue(), ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue()))))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, width, height, channels, depth):
    """The rows of samples [height][width][channels], each behind the byte of its filter: none, or the difference to the left."""
    out = b""
    for y in range(height):
        bits = "".join(format(v, f"0{depth}b") for x in range(width) for v in samples[y][x])
        bits += "0" * (-len(bits) % 8)
        row = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        step = max(1, channels * depth // 8)
        if y % 2:
            out += b"\1" + bytes((v - (row[i - step] if i >= step else 0)) % 256 for i, v in enumerate(row))
        else:
            out += b"\0" + row
    return out


def png(samples, color, depth, channels, interlaced, chunks=b""):
    height, width = len(samples), len(samples[0])
    if interlaced:
        data = b""
        for x0, y0, dx, dy in ADAM7:
            part = [[samples[y][x] for x in range(x0, width, dx)] for y in range(y0, height, dy)]
            if part and part[0]:
                data += rows(part, len(part[0]), len(part), channels, depth)
    else:
        data = rows(samples, width, height, channels, depth)
    packed = zlib.compress(data)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", packed[:20]) + chunk(b"IDAT", packed[20:])
            + chunk(b"IEND", b""))


def over_white(value, opacity):
    return (value * opacity + 255 * (255 - opacity) + 127) // 255


def to8(value, depth):
    return (value * 255 + (2**depth - 1) // 2) // (2**depth - 1)


def pngs():
    r = random.Random(3)
    width, height = 11, 9
    for color, channels, depths in [(0, 1, [1, 2, 4, 8, 16]), (2, 3, [8, 16]), (3, 1, [1, 2, 4, 8]), (4, 2, [8, 16]), (6, 4, [8, 16])]:
        for depth in depths:
            for interlaced in (False, True):
                for transparent in ((False, True) if color in (0, 2, 3) else (False,)):
                    top = 2**depth - 1
                    palette = [tuple(r.randrange(256) for _ in range(3)) for _ in range(min(top + 1, 17))]
                    opacities = [r.randrange(256) for _ in palette[:3]] if transparent else []
                    limit = len(palette) - 1 if color == 3 else top
                    samples = [[tuple(r.randint(0, limit) for _ in range(channels)) for _ in range(width)] for _ in range(height)]
                    chunks = b""
                    if color == 3:
                        chunks = chunk(b"PLTE", bytes(sum(palette, ())))
                    if transparent:
                        key = samples[0][0]
                        chunks += chunk(b"tRNS", bytes(opacities) if color == 3 else struct.pack(f">{channels}H", *key))
                    image = Image.new("RGB", (width, height))
                    for y in range(height):
                        for x in range(width):
                            s = samples[y][x]
                            opacity = 255
                            if color == 3:
                                rgb = palette[s[0]]
                                opacity = (opacities + [255] * 256)[s[0]]
                            else:
                                eight = [to8(v, depth) for v in s]
                                if color in (4, 6):
                                    opacity = eight.pop()
                                rgb = tuple(eight * 3) if len(eight) == 1 else tuple(eight)
                                if transparent and s == key:
                                    opacity = 0
                            image.putpixel((x, y), tuple(over_white(v, opacity) for v in rgb))
                    name = f"PNG color {color}, {depth} bits" + (", interlaced" if interlaced else "") + (", transparent" if transparent else "")
                    yield entry(name, png(samples, color, depth, channels, interlaced, chunks), image)
    samples = [[(x * 20, y * 20, 7) for x in range(5)] for y in range(3)]
    image = Image.new("RGB", (5, 3))
    image.putdata([v for row in samples for v in row])
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = image.transpose(Image.Transpose.ROTATE_270)
    yield entry("PNG orientation 6", png(samples, 2, 8, 3, False, chunk(b"eXIf", exif.tobytes()[6:])), turned)


def resized():
    r = random.Random(4)
    for (width, height), size in [
        ((13, 7), (5, 3)), ((13, 7), (13, 3)), ((13, 7), (30, 7)), ((13, 7), (31, 17)), ((1, 1), (4, 3)), ((40, 30), (1, 1)), ((40, 30), (39, 31)),
        ((64, 48), (7, 7)), ((5, 50), (50, 5)),
    ]:
        image = Image.frombytes("RGB", (width, height), bytes(r.choice([0, 255, r.randrange(256)]) for _ in range(3 * width * height)))
        new = image.resize(size, Image.Resampling.BILINEAR)
        yield {
            "width": width, "height": height, "pixels": text(image.tobytes()), "newWidth": size[0], "newHeight": size[1],
            "newPixels": text(new.tobytes()),
        }


def main():
    golden = {"pillow": __version__, "files": list(jpegs()) + list(pngs()), "resized": list(resized())}
    path = FIXTURES / "pictures.json"
    path.write_text(json.dumps(golden, indent=0) + "\n")
    print(f"{path}: {len(golden['files'])} files, {path.stat().st_size} bytes, Pillow {__version__}")


if __name__ == "__main__":
    main()
