#!/usr/bin/env python3
"""Makes Tests/GoldenTests/Goldens/translation.json: BLEU and chrF as sacreBLEU computes them.

Nothing here is needed to build, test or run Recurrent: the file is committed. To make it again:

    python3 -m venv venv
    venv/bin/pip install sacrebleu==2.6.0
    venv/bin/python Scripts/make_translation_goldens.py

The sentences are made up here, so that each has something that could go wrong: no word at all, signs in a row, numbers,
entities, letters beyond ASCII in both normal forms, white space of other kinds, sentences shorter than four words.
"""

import json
import pathlib

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "GoldenTests" / "Goldens" / "translation.json"

# Hypothesis, references.
SETS = {
    "plain": [
        ("The cat sat on the mat.", ["The cat sat on the mat."]),
        ("A dog runs through the high grass.", ["A dog is running through tall grass."]),
        ("Two men are talking to each other", ["Two men talk to one another."]),
        ("the the the the the the the", ["The cat is on the mat."]),
    ],
    "several references": [
        ("It is a guide to action which ensures that the military always obeys the commands of the party.", [
            "It is a guide to action that ensures that the military will forever heed Party commands.",
            "It is the guiding principle which guarantees the military forces always being under the command of the Party.",
            "It is the practical guide for the army always to heed the directions of the party.",
        ]),
        ("I see.", ["I see it.", "I see, yes.", "See!"]),
        ("a b c", ["a b", "a b c d"]),
    ],
    "signs and numbers": [
        ('He paid $3,000.50 (in cash), "so they say"...', ['He paid $3,000.50 in cash, "so they say".']),
        ("1,2.3 4-5 a-b 6-c well-known 7- -8", ["1,2.3 4-5 a-b 6-c well-known 7- -9"]),
        ("..,., .5 5. a.b.c. 3.14.15 , .", ["..,. .5 5 . a.b.c 3.14.15,."]),
        ("&quot;Tom &amp;amp; Jerry&quot; &lt;3 &amp;lt; x &gt; y", ['"Tom &amp; Jerry" <3 < x > y']),
        ("100% of {them} [all] ~ `x` ^y_ z@w #1 a/b\\c | d = e + f * g", ["100 % of {them} all ~ `x` y_ z@w #1 a/b\\c | d = e+f*g"]),
        ("isn't it John's? 'Yes' -- don't", ["Isn't it John's? 'yes' - don't"]),
        ("a <skipped> b over-\nlong line\nbreak", ["a b overlong line break"]),
    ],
    "letters beyond ASCII": [
        ("Ein Mädchen läuft über die Straße.", ["Ein Mädchen rennt über die Strasse."]),
        ("Ça alors ! C\u2019est l\u2019été\u202f?", ["Ça alors ! C'est l'été ?"]),
        ("e\u0301te\u0301 is \u00e9t\u00e9", ["\u00e9t\u00e9 is e\u0301te\u0301"]),
        ("Он говорит, что это так.", ["Он говорит, что это не так."]),
        ("我喜欢吃苹果。", ["我喜欢苹果。"]),
        ("A \U0001F469\u200d\U0001F4BB works \U0001F600!", ["A \U0001F469\u200d\U0001F4BB works \U0001F601!"]),
        ("\u039f\u0394\u039f\u03a3 \u03a3\u0391\u03a3. \u03a3", ["\u03bf\u03b4\u03cc\u03c2 \u03c3\u03b1\u03c2. \u03c3"]),
        ("\u0130STANBUL \u1e9e", ["istanbul \u00df"]),
        ("a\u00a0b\u2003c\u0085d\x1ce\u200bf", ["a b c d e f"]),
    ],
    "short": [
        ("Yes", ["Yes"]),
        ("No way", ["No way"]),
        ("Come on !", ["Come on!"]),
        ("a", ["b"]),
    ],
    "empty": [
        ("", ["Something was here."]),
        ("   \t ", ["Something was here, too."]),
        ("Something is here now.", [""]),
        ("A cat.", ["A cat."]),
    ],
    "nothing said": [("", ["A cat."]), ("", ["A dog."])],
    "all wrong": [("one two three four five", ["six seven eight nine ten"]), ("q", ["x"])],
    "no run of four": [("a b x c d y e f", ["a b z c d w e f"]), ("k l m", ["k l n"])],
    "too short": [("The cat", ["The cat sat on the mat and looked at the dog."]), ("A", ["A man eats."])],
    "case": [("THE CAT SAT ON THE MAT", ["the cat sat on the mat"]), ("Ein GRÜNER Baum steht da", ["ein grüner Baum steht Da"])],
}


def scores(pairs, lowercase):
    hypotheses = [hypothesis for hypothesis, _ in pairs]
    # A list for each place among the references; None where a sentence has fewer.
    width = max(len(references) for _, references in pairs)
    columns = [[r[i] if i < len(r) else None for _, r in pairs] for i in range(width)]
    bleu = BLEU(lowercase=lowercase).corpus_score(hypotheses, columns)
    sentence = BLEU(lowercase=lowercase, effective_order=True)
    return {
        "bleu": bleu.score,
        "precisions": bleu.precisions,
        "brevityPenalty": bleu.bp,
        "hypothesisLength": bleu.sys_len,
        "referenceLength": bleu.ref_len,
        "sentences": [sentence.sentence_score(h, r).score for h, r in pairs],
        "chrF": CHRF(lowercase=lowercase).corpus_score(hypotheses, columns).score,
        "chrF++": CHRF(lowercase=lowercase, word_order=2).corpus_score(hypotheses, columns).score,
    }


def main():
    tokenizer = Tokenizer13a()
    golden = {"sacrebleu": sacrebleu.__version__, "sets": []}
    for name, pairs in SETS.items():
        golden["sets"].append({
            "name": name,
            "hypotheses": [hypothesis for hypothesis, _ in pairs],
            "references": [references for _, references in pairs],
            "tokens": [tokenizer(hypothesis.rstrip()).split() for hypothesis, _ in pairs],
            "mixed": scores(pairs, False),
            "lowercased": scores(pairs, True),
        })
    GOLDEN.write_text(json.dumps(golden, ensure_ascii=True, indent=1) + "\n")
    print(f"{GOLDEN}: {len(SETS)} sets, sacreBLEU {sacrebleu.__version__}")


if __name__ == "__main__":
    main()
