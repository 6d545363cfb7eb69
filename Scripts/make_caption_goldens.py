#!/usr/bin/env python3
"""Makes Tests/GoldenTests/Goldens/captions.json: measures of captions, computed apart from Recurrent.

Nothing here is needed to build, test or run Recurrent: the file is committed. To make it again:

    python3 -m venv venv
    venv/bin/pip install sacrebleu==2.6.0 nltk==3.9.2 numpy
    venv/bin/python Scripts/make_caption_goldens.py

BLEU is sacreBLEU's, METEOR's part and the stems are NLTK's; CIDEr-D and ROUGE-L are written here from their definitions in
tylin/coco-caption (pycocoevalcap), with NumPy. The captions are made up here: sentences of a small grammar, and such as have something that could go wrong.

    venv/bin/python Scripts/make_caption_goldens.py CAPTIONS.jsonl

measures a file instead, a line {"caption": ..., "references": [...], ...} each, and prints the same figures.
"""

import collections
import json
import pathlib
import random
import string
import sys
import unicodedata

import numpy as np
from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import single_meteor_score
from sacrebleu.metrics import BLEU

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "GoldenTests" / "Goldens" / "captions.json"
STEMMER = PorterStemmer(mode=PorterStemmer.MARTIN_EXTENSIONS)


def words(caption):
    return "".join(c for c in caption.lower() if unicodedata.category(c)[0] != "P" and c not in string.punctuation).split()


def bleu(captions, references):
    width = max(map(len, references))
    columns = [[" ".join(r[i]) if i < len(r) else None for r in references] for i in range(width)]
    joined = [" ".join(c) for c in captions]
    return [BLEU(tokenize="none", smooth_method="none", max_ngram_order=n).corpus_score(joined, columns).score for n in range(1, 5)]


def cider_d(captions, references, sigma=6.0):
    def grams(tokens):
        return collections.Counter(tuple(tokens[i:i + n]) for n in range(1, 5) for i in range(len(tokens) - n + 1))

    frequency = collections.Counter()
    for group in references:
        frequency.update({g for r in group for g in grams(r)})
    whole = np.log(float(len(captions)))

    def vector(tokens):
        v = [{} for _ in range(4)]
        for gram, count in grams(tokens).items():
            v[len(gram) - 1][gram] = count * (whole - np.log(max(1.0, frequency[gram])))
        return v, [np.sqrt(sum(w * w for w in part.values())) for part in v]

    scores = []
    for caption, group in zip(captions, references):
        own, norms = vector(caption)
        total = np.zeros(4)
        for reference in group:
            other, other_norms = vector(reference)
            for n in range(4):
                if norms[n] and other_norms[n]:
                    product = sum(min(w, other[n].get(g, 0)) * other[n].get(g, 0) for g, w in own[n].items())
                    total[n] += product / norms[n] / other_norms[n] * np.e ** (-((len(caption) - len(reference)) ** 2) / (2 * sigma**2))
        scores.append(float(np.mean(total) / len(group) * 10))
    return scores


def rouge_l(captions, references, beta=1.2):
    def common(a, b):
        table = np.zeros((len(a) + 1, len(b) + 1), int)
        for i, v in enumerate(a):
            for j, w in enumerate(b):
                table[i + 1, j + 1] = table[i, j] + 1 if v == w else max(table[i, j + 1], table[i + 1, j])
        return int(table[-1, -1])

    scores = []
    for caption, group in zip(captions, references):
        precision = max(common(caption, r) / max(1, len(caption)) for r in group)
        recall = max(common(caption, r) / max(1, len(r)) for r in group)
        scores.append((1 + beta**2) * precision * recall / (recall + beta**2 * precision) if precision and recall else 0.0)
    return scores


class NoSynonyms:
    def synsets(self, word):
        return []


def meteor(captions, references):
    return [max(single_meteor_score(r, c, stemmer=STEMMER, wordnet=NoSynonyms(), alpha=0.9, beta=3.0, gamma=0.5) for r in group)
            for c, group in zip(captions, references)]


def scores(captions, references):
    captions = [words(c) for c in captions]
    references = [[words(r) for r in group] for group in references]
    return {
        "bleu": bleu(captions, references),
        "ciderD": cider_d(captions, references),
        "rougeL": rouge_l(captions, references),
        "meteorExactStem": meteor(captions, references),
    }


def made_up(count, seed):
    r = random.Random(seed)
    nouns = ["dog", "dogs", "man", "woman", "boy", "girls", "ball", "horse", "bicycle", "cyclist", "beach", "street", "grass", "wave", "surfer"]
    verbs = ["runs", "running", "run", "jumps over", "jumping over", "is riding", "rides", "holds", "is holding", "catches", "looks at"]
    adjectives = ["", "", "black", "brown", "small", "smaller", "happy", "happily dressed", "white and black", "wet"]

    def noun():
        return " ".join(filter(None, [r.choice(["a", "the", "two", "an"]), r.choice(adjectives), r.choice(nouns)]))

    def sentence():
        s = f"{noun()} {r.choice(verbs)} {noun()}"
        if r.random() < 0.5:
            s += f" {r.choice(['on', 'near', 'in front of', 'with'])} {noun()}"
        return s[0].upper() + s[1:] + r.choice([" .", ".", "", " !"])

    captions, references = [], []
    for _ in range(count):
        group = [sentence() for _ in range(r.randint(1, 5))]
        caption = sentence()
        if r.random() < 0.6:  # something like one of them
            tokens = r.choice(group).split()
            for _ in range(r.randint(0, 3)):
                tokens[r.randrange(len(tokens))] = r.choice(nouns)
            caption = " ".join(tokens)
        captions.append(caption)
        references.append(group)
    return captions, references


ODD = [
    ("", ["A dog runs ."]),
    ("A dog runs .", ["", "A dog runs."]),
    ("...", ["!"]),
    ("dog", ["dog"]),
    ("the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
    ("It's a T-shirt, isn't it?", ["its a tshirt isnt it", "It is a T - shirt"]),
    ("A man 's dog “jumps” — 50 % higher!", ["A mans dog jumps 50 higher", "a man's dog jumped 50% higher"]),
    ("Ein Mädchen läuft über ÉTÉ", ["ein mädchen läuft über été", "Eine Frau"]),
    ("a boy and a dog and a ball", ["a ball and a dog and a boy", "a dog and a boy with a ball"]),
    ("running runner runs ran relational relate", ["relating runs runner running run", "related relations"]),
    ("a $5 <b> x=y^2 ~ `code` | pipe", ["a 5 b xy2 code pipe"]),
]
STEMS = """caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed failing
filing happy sky relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli vietnamization predication
operator feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative formalize electriciti electrical hopeful
goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologou communism activate
angulariti homologous effective bowdlerize probate rate cease controll roll a is as be by dying lying skies archaeology geology yes say enjoy enjoying
toy toying bicycle bicycles bicyclist ice skiing snowboarder snowboarding women woman's splashes splashing carrying carries biked oxen ion lion onion
feeding freed need bee agree s ss ied eed ing ed ying y yy""".split()


def main():
    if len(sys.argv) > 1:
        lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
        found = scores([v["caption"] for v in lines], [v["references"] for v in lines])
        print(json.dumps({k: v if k == "bleu" else float(np.mean(v)) for k, v in found.items()}))
        return
    sets = []
    for name, (captions, references) in {
        "made up": made_up(40, 1), "odd": tuple(map(list, zip(*ODD))), "one": (["A dog runs."], [["A dog ran.", "The dog runs"]]),
        "nothing right": (["a b c", "d"], [["e f"], ["g"]]),
    }.items():
        sets.append({"name": name, "captions": captions, "references": references, **scores(captions, references)})
    golden = {"sets": sets, "stems": [[w, STEMMER.stem(w)] for w in STEMS]}
    GOLDEN.write_text(json.dumps(golden, ensure_ascii=True, indent=0) + "\n")
    print(f"{GOLDEN}: {len(sets)} sets")


if __name__ == "__main__":
    main()
