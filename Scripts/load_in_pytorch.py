#!/usr/bin/env python3
"""Loads a language model that `recurrent train` wrote into PyTorch, and evaluates it as `recurrent evaluate` does.

Nothing here is needed to build, test or run Recurrent; it shows that a model file stands alone, and means in PyTorch
what it means here. To run it:

    python3 -m venv venv
    venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu
    venv/bin/python Scripts/load_in_pytorch.py MODEL DATA [--split test] [--expect LOSS]

MODEL is a `.safetensors` file; DATA is what was given to `recurrent train --data`: a text file, or a directory with
train, valid and test files. The whole split is read as one stream of batch 1, the state carried from piece to piece,
and the loss (nats a token) and the perplexity are printed. With `--expect LOSS` the exit code is 1 if the loss differs
from LOSS by more than 1e-4.

The tensors `rnn.*` go into `torch.nn.LSTM`, `GRU` or `RNN` by `load_state_dict` with strict checking: no name changes.
Tokens that are grapheme clusters need the package `regex` besides.
"""

import argparse
import json
import math
import pathlib
import struct
import sys

import torch

DTYPES = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16}


def read_safetensors(path: str) -> tuple:
    """The tensors by name, and the metadata, of a safetensors file."""
    data = pathlib.Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size].decode("utf-8"))
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] in DTYPES:
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=DTYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"]).float()
    return tensors, metadata


# --- text, cut as Recurrent cuts it ----------------------------------------------------------------------------------

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
SPLIT_NAMES = {"train": ["train", "training"], "valid": ["valid", "validation", "val", "dev"], "test": ["test"]}


def symbols_of(data: bytes, kind: str, lowercase: bool) -> list:
    """The symbols of a text: characters (scalars), graphemes, bytes, or words with `<eos>` for each newline."""
    if kind == "bytes":
        return [f"0x{byte:02x}" for byte in data]
    text = data.decode("utf-8").removeprefix("\ufeff")
    if lowercase:
        text = text.lower()
    if kind == "characters":
        return list(text)
    if kind == "graphemes":
        import regex  # pip install regex

        return regex.findall(r"\X", text)
    if kind == "words":
        symbols, word = [], []
        for scalar in text + " ":
            if scalar not in WHITE_SPACE:
                word.append(scalar)
                continue
            if word:
                symbols.append("".join(word))
                word = []
            if scalar == "\n":
                symbols.append("<eos>")
        return symbols
    raise SystemExit(f"load_in_pytorch: unknown kind of token: {kind}")


def file_of(folder: pathlib.Path, split: str) -> pathlib.Path:
    """The file of a directory that holds `split`: `test.txt`, or one with that word in its name."""
    if (folder / f"{split}.txt").exists():
        return folder / f"{split}.txt"
    found = [
        path for path in sorted(folder.iterdir())
        if set(path.name.lower().replace("-", ".").replace("_", ".").split(".")) & set(SPLIT_NAMES[split])
        and path.suffix in ("", ".txt", ".text", ".tokens", ".raw")]
    if len(found) != 1:
        raise SystemExit(f"load_in_pytorch: {len(found)} files for the {split} split in {folder}")
    return found[0]


def tokens_of(path: str, split: str, options: dict, vocabulary: list) -> torch.Tensor:
    """The split's tokens as indices of the vocabulary."""
    place = pathlib.Path(path)
    kind, lowercase = options.get("tokens", "characters"), options.get("lowercase", False)
    if place.is_dir():
        symbols = symbols_of(file_of(place, split).read_bytes(), kind, lowercase)
    else:
        symbols = symbols_of(place.read_bytes(), kind, lowercase)
        shares = options.get("split", [0.9, 0.1, 0])
        number = list(SPLIT_NAMES).index(split)

        def end(share: float) -> int:
            return len(symbols) if share > 1 - 1e-9 else int(share * len(symbols))

        symbols = symbols[end(sum(shares[:number])) if number else 0 : end(sum(shares[: number + 1]))]
    indices = {symbol: index for index, symbol in enumerate(vocabulary)}
    unknown = indices.get("<unk>") if kind == "words" else None
    tokens = [indices.get(symbol, unknown) for symbol in symbols]
    if None in tokens:
        raise SystemExit(f"load_in_pytorch: {symbols[tokens.index(None)]!r} is not in the model's vocabulary")
    return torch.tensor(tokens)


# --- the model -------------------------------------------------------------------------------------------------------


class LanguageModel(torch.nn.Module):
    """Embedding, recurrent layers, projection, from the tensors of a model file."""

    def __init__(self, tensors: dict, options: dict):
        super().__init__()
        embedding = tensors.pop("embedding.weight")
        self.embedding = torch.nn.Embedding.from_pretrained(embedding)
        recurrent = {name.removeprefix("rnn."): tensors.pop(name) for name in list(tensors) if name.startswith("rnn.")}
        kind = options["cell"]
        classes = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn-tanh": torch.nn.RNN, "rnn-relu": torch.nn.RNN}
        if kind not in classes:
            raise SystemExit(f"load_in_pytorch: PyTorch has no layer for cells of the kind {kind}")
        if options.get("residual"):
            raise SystemExit("load_in_pytorch: PyTorch has no residual stack of recurrent layers")
        extra = {"nonlinearity": kind.removeprefix("rnn-")} if kind.startswith("rnn-") else {}
        hidden, layers = recurrent["weight_hh_l0"].shape[1], sum(name.startswith("weight_hh_l") for name in recurrent)
        self.rnn = classes[kind](embedding.shape[1], hidden, layers, **extra)
        self.rnn.load_state_dict(recurrent, strict=True)
        weight = embedding if options.get("tied") else tensors.pop("output.weight")
        self.output = torch.nn.Linear(weight.shape[1], weight.shape[0])
        self.output.load_state_dict({"weight": weight, "bias": tensors.pop("output.bias")}, strict=True)
        if tensors:
            raise SystemExit(f"load_in_pytorch: tensors without a place: {', '.join(tensors)}")

    def forward(self, tokens, state):
        outputs, state = self.rnn(self.embedding(tokens), state)
        return self.output(outputs), state


def evaluate(model: LanguageModel, tokens: torch.Tensor, steps: int = 256) -> float:
    """Nats a token over the whole stream: each token but the first is predicted once, from all before it."""
    total, state = 0.0, None
    with torch.inference_mode():
        for start in range(0, len(tokens) - 1, steps):
            end = min(start + steps, len(tokens) - 1)
            logits, state = model(tokens[start:end, None], state)
            total += float(
                torch.nn.functional.cross_entropy(
                    logits[:, 0].double(), tokens[start + 1 : end + 1], reduction="sum"))
    return total / (len(tokens) - 1)


def main() -> int:
    parser = argparse.ArgumentParser(description="Evaluates a language model of Recurrent in PyTorch.")
    parser.add_argument("model", help="model.safetensors")
    parser.add_argument("data", help="a text file, or a directory with train, valid and test files")
    parser.add_argument("--split", choices=list(SPLIT_NAMES), default="test")
    parser.add_argument("--expect", type=float, metavar="LOSS", help="exit code 1 if the loss is not within 1e-4 of it")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    tensors, metadata = read_safetensors(options.model)
    if metadata.get("format") != "recurrent":
        raise SystemExit(f"load_in_pytorch: {options.model}: the metadata do not say that the format is recurrent")
    configuration = json.loads(metadata["configuration"])
    vocabulary = json.loads(metadata["vocabulary"])
    model = LanguageModel(tensors, configuration["model"]).eval()
    tokens = tokens_of(options.data, options.split, configuration["data"], vocabulary)
    if len(tokens) < 2:
        raise SystemExit(f"load_in_pytorch: the {options.split} split of {options.data} has fewer than two tokens")
    loss = evaluate(model, tokens)
    print(f"{options.split}: {len(tokens) - 1} tokens, loss {loss:.6f}, perplexity {math.exp(loss):.4f}")
    if options.expect is not None and not abs(loss - options.expect) <= 1e-4:
        difference = abs(loss - options.expect)
        print(f"expected {options.expect}: differs by {difference:.2e}, more than 1e-4", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
