#!/usr/bin/env python3
"""Draws where a captioner looked, without the pictures: a row for each picture with a map of the weights for each word.

    recurrent caption output/flickr8k-attention PICTURE... --json | Scripts/attention_maps.py > maps.svg

Reads the JSON lines of `recurrent caption --json` and writes one SVG. A map is as bright as a place had weight; the place of most weight
is white. It is meant for pictures that may not be shown: with `--attention page.html` the command lays the same weights over the picture.
"""

import base64
import json
import pathlib
import struct
import sys
import zlib
from xml.sax.saxutils import escape

SIDE, GAP, LINE, MARGIN = 62, 8, 16, 12


def png(rows: list) -> str:
    """A grey picture as a data URI."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    data += chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(data).decode()


def light(weights: list, wide: int) -> list:
    brightest = max(weights) or 1
    grey = [round(255 * weight / brightest) for weight in weights]
    return [grey[start:start + wide] for start in range(0, len(grey), wide)]


def main() -> None:
    captions = [json.loads(line) for line in sys.stdin if line.strip()]
    if not captions:
        sys.exit("no line of `recurrent caption --json` on standard input")
    longest = max(len(picture["captions"][0]["words"]) for picture in captions)
    high = 2 * LINE + SIDE + 3 * GAP
    width, height = 2 * MARGIN + longest * (SIDE + GAP), 2 * MARGIN + len(captions) * high
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, picture in enumerate(captions):
        caption = picture["captions"][0]
        if not caption.get("weights"):
            sys.exit(f"{picture['picture']}: a model without attention has no weights")
        top = MARGIN + number * high
        name = pathlib.Path(picture["picture"]).name
        parts.append(f'<text x="{MARGIN}" y="{top + LINE - 3}" font-weight="600">{escape(name)}</text>')
        for place, (word, weights) in enumerate(zip(caption["words"], caption["weights"])):
            left = MARGIN + place * (SIDE + GAP)
            wide = caption["grid"][1]
            parts.append(
                f'<image x="{left}" y="{top + LINE + 2}" width="{SIDE}" height="{SIDE}" href="{png(light(weights, wide))}"/>'
                f'<text x="{left + SIDE / 2}" y="{top + LINE + SIDE + LINE}" text-anchor="middle">{escape(word)}</text>')
    print("\n".join(parts + ["</svg>"]))


if __name__ == "__main__":
    main()
