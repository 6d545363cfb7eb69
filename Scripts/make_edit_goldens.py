"""Writes pairs of texts with the errors that jiwer counts: Tests/GoldenTests/Goldens/edit-errors.tsv.

    pip install jiwer==4.0.0
    python3 Scripts/make_edit_goldens.py

A line has a reference, a hypothesis, and substitutions, deletions and insertions of words, then of characters. Half of the pairs are texts and what a
recognizer may make of them, half are unrelated, of few different words, so that there are many alignments with as few errors.
"""

import pathlib
import random

import jiwer

WORDS = "a b c ab ba one two three for four zero oh the cat sat on mat".split()
TARGET = pathlib.Path(__file__).parent.parent / "Tests/GoldenTests/Goldens/edit-errors.tsv"


def changed(words, draw):
    result = []
    for word in words:
        kind = draw.random()
        if kind < 0.1:
            continue
        result.append(draw.choice(WORDS) if kind < 0.3 else word)
        if draw.random() < 0.1:
            result.append(draw.choice(WORDS))
    return result


def main():
    draw = random.Random(20)
    lines = []
    for index in range(1000):
        words = WORDS if index % 2 == 0 else WORDS[:5]
        reference = [draw.choice(words) for _ in range(draw.randint(1, 8))]
        hypothesis = changed(reference, draw) if index % 2 == 0 else [draw.choice(words) for _ in range(draw.randint(0, 8))]
        texts = " ".join(reference), " ".join(hypothesis)
        counts = []
        for measured in (jiwer.process_words(*texts), jiwer.process_characters(*texts)):
            counts += [measured.substitutions, measured.deletions, measured.insertions]
        lines.append("\t".join([*texts, *map(str, counts)]))
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
