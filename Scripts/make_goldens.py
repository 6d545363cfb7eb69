#!/usr/bin/env python3
"""Makes the golden files in Tests/GoldenTests/Goldens from PyTorch.

Nothing here is needed to build, test or run Recurrent: the golden files are committed. To make them again:

    python3 -m venv venv
    venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu
    venv/bin/python Scripts/make_goldens.py            # writes Tests/GoldenTests/Goldens/*.safetensors
    venv/bin/python Scripts/make_goldens.py --check    # compares with the files that are there; exit 1 if they differ

How they are computed. Every input, state, parameter and cotangent is a float32 number drawn by Python's own generator
(`random.Random`, the same on every machine). PyTorch computes in float64 from these numbers; its results are rounded to
float32 once, at the end. So a golden carries an error of half a float32 unit, about 6e-8, and an agreement to 1e-5 says
something about the code under test and nothing about PyTorch's rounding.

What is in a file. Tensors are named `CASE/NAME`. A sequence case has `input` [time, batch, input], `lengths` [batch]
(when unequal), `h0` and `c0` [layers * directions, batch, hidden], `parameter/NAME` with PyTorch's names, the results
`output`, `hn`, `cn`, and the gradients `gradient/input`, `gradient/h0`, `gradient/c0`, `gradient/NAME` of
`sum(output * cotangent/output) + sum(hn * cotangent/hn) + sum(cn * cotangent/cn)`.
Past a sequence's length the input holds numbers, not zeros: padding must not matter.
"""

import argparse
import json
import pathlib
import random
import struct
import sys

import torch
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "GoldenTests" / "Goldens"


# --- the file format -------------------------------------------------------------------------------------------------

DTYPES = {torch.float32: "F32", torch.int32: "I32"}


def encode(tensors: dict, metadata: dict) -> bytes:
    """A safetensors file: length of the header (8 bytes, little-endian), header (JSON), the tensors' bytes."""
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach()
        tensor = tensor.to(torch.float32 if tensor.is_floating_point() else torch.int32).contiguous()
        flat = tensor.flatten().tolist()
        blob = struct.pack(f"<{len(flat)}{'f' if tensor.is_floating_point() else 'i'}", *flat)
        header[name] = {
            "dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(blobs)


def decode(data: bytes) -> tuple:
    """(tensors, metadata) of a file that `encode` made."""
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        kind, dtype = ("f", torch.float32) if entry["dtype"] == "F32" else ("i", torch.int32)
        flat = struct.unpack(f"<{(end - begin) // 4}{kind}", data[begin:end])
        tensors[name] = torch.tensor(flat, dtype=dtype).reshape(entry["shape"])
    return tensors, metadata


# --- numbers ---------------------------------------------------------------------------------------------------------


def uniform(generator: random.Random, *shape: int, bound: float = 1.0) -> torch.Tensor:
    """Uniform in -bound...bound, exact in float32, held in float64."""
    count = 1
    for extent in shape:
        count *= extent
    flat = [generator.uniform(-bound, bound) for _ in range(count)]
    return torch.tensor(flat, dtype=torch.float32).reshape(shape).double()


def fill(module: torch.nn.Module, generator: random.Random, bound: float) -> torch.nn.Module:
    """Gives every parameter fresh uniform numbers, exact in float32, held in float64."""
    module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(uniform(generator, *parameter.shape, bound=bound))
    return module


def put_parameters(tensors: dict, case: str, module: torch.nn.Module) -> None:
    for name, parameter in module.named_parameters():
        tensors[f"{case}/parameter/{name}"] = parameter.clone()


def put_gradients(tensors: dict, case: str, leaves: dict, module: torch.nn.Module) -> None:
    for name, leaf in leaves.items():
        tensors[f"{case}/gradient/{name}"] = leaf.grad
    for name, parameter in module.named_parameters():
        tensors[f"{case}/gradient/{name}"] = parameter.grad


# --- sequences -------------------------------------------------------------------------------------------------------

TIME, BATCH, INPUT = 7, 4, 5

# Sizes on both sides of the kernels' vector widths, small enough that all files together stay small.
HIDDEN = {(1, False): 17, (1, True): 16, (2, False): 9, (2, True): 7, (3, False): 8, (3, True): 4}

# Unsorted; with length 1; in the second no sequence reaches the end of the padded batch.
LENGTHS = {1: [3, 7, 1, 5], 2: [1, 6, 6, 2], 3: [4, 1, 7, 7]}

KINDS = {
    "rnn-tanh": lambda *sizes, **options: torch.nn.RNN(*sizes, nonlinearity="tanh", **options),
    "rnn-relu": lambda *sizes, **options: torch.nn.RNN(*sizes, nonlinearity="relu", **options),
    "lstm": torch.nn.LSTM,
    "gru": torch.nn.GRU,
}


def sequences(kind: str) -> tuple:
    """1, 2 and 3 layers, one and both directions, equal and unequal lengths, all with non-zero initial states."""
    tensors = {}
    for layers in (1, 2, 3):
        for bidirectional in (False, True):
            for unequal in (False, True):
                case = f"{layers}-{'bidirectional' if bidirectional else 'forward'}-{'unequal' if unequal else 'equal'}"
                put_sequence(tensors, case, kind, layers, bidirectional, LENGTHS[layers] if unequal else None)
    return tensors, {"contents": f"torch.nn sequences: {kind}"}


def put_sequence(tensors, case, kind, layers, bidirectional, lengths) -> None:
    generator = random.Random(f"{kind} {case}")
    hidden, directions = HIDDEN[layers, bidirectional], 2 if bidirectional else 1
    module = fill(KINDS[kind](INPUT, hidden, layers, bidirectional=bidirectional), generator, bound=0.4)

    leaves = {"input": uniform(generator, TIME, BATCH, INPUT)}
    states = ["h0", "c0"] if kind == "lstm" else ["h0"]
    for name in states:
        leaves[name] = uniform(generator, layers * directions, BATCH, hidden)
    for name, leaf in leaves.items():
        tensors[f"{case}/{name}"] = leaf
        leaf.requires_grad_()
    if lengths:
        tensors[f"{case}/lengths"] = torch.tensor(lengths)
    put_parameters(tensors, case, module)

    state = (leaves["h0"], leaves["c0"]) if kind == "lstm" else leaves["h0"]
    if lengths:
        packed, final = module(pack_padded_sequence(leaves["input"], lengths, enforce_sorted=False), state)
        output, _ = pad_packed_sequence(packed, total_length=TIME)
    else:
        output, final = module(leaves["input"], state)
    results = {"output": output, "hn": final[0] if kind == "lstm" else final}
    if kind == "lstm":
        results["cn"] = final[1]

    loss = 0
    for name, result in results.items():
        cotangent = uniform(generator, *result.shape, bound=0.5)
        loss = loss + (result * cotangent).sum()
        tensors[f"{case}/{name}"] = result
        tensors[f"{case}/cotangent/{name}"] = cotangent
    loss.backward()
    put_gradients(tensors, case, leaves, module)


# --- single steps and layers -----------------------------------------------------------------------------------------


class PaperCell(torch.nn.Module):
    """A cell that PyTorch does not have, written out from its paper's equations; gate order i f g o, r z n."""

    def __init__(self, equations, shapes: dict):
        super().__init__()
        self.equations = equations
        for name, shape in shapes.items():
            self.register_parameter(name, torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, x, state):
        return self.equations(self, x, state)


def peephole(p, x, state):
    """Gers and Schmidhuber 2000: the gates see the cell, the output gate the new one."""
    h, c = state
    i, f, g, o = (x @ p.weight_ih.T + p.bias_ih + h @ p.weight_hh.T + p.bias_hh).chunk(4, 1)
    of_input, of_forget, of_output = p.weight_peephole
    new = torch.sigmoid(f + of_forget * c) * c + torch.sigmoid(i + of_input * c) * torch.tanh(g)
    return torch.sigmoid(o + of_output * new) * torch.tanh(new), new


def layer_norm_lstm(p, x, state):
    """Ba, Kiros and Hinton 2016, equations 20 to 22: both products and the cell are normalized."""
    h, c = state
    norm = torch.nn.functional.layer_norm
    products = norm(x @ p.weight_ih.T, [44]) * p.gain_ih + norm(h @ p.weight_hh.T, [44]) * p.gain_hh
    i, f, g, o = (products + p.bias_ih).chunk(4, 1)
    new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(norm(new, [11]) * p.gain_c + p.bias_c), new


def reset_before(p, x, h):
    """Cho et al. 2014: the reset gate acts on the state, before the product."""
    (w_r, w_z, w_n), (u_r, u_z, u_n) = p.weight_ih.chunk(3), p.weight_hh.chunk(3)
    b_r, b_z, b_n = (p.bias_ih + p.bias_hh).chunk(3)
    r = torch.sigmoid(x @ w_r.T + h @ u_r.T + b_r)
    z = torch.sigmoid(x @ w_z.T + h @ u_z.T + b_z)
    n = torch.tanh(x @ w_n.T + (r * h) @ u_n.T + b_n)
    return (1 - z) * n + z * h


def deep_transition(p, x, h):
    """Pascanu et al. 2014, the DT-RNN, with a depth of 3."""
    h = torch.tanh(x @ p.weight_ih.T + p.bias_ih + h @ p.weight_hh.T + p.bias_hh)
    h = torch.tanh(h @ p.weight_transition_2.T + p.bias_transition_2)
    return torch.tanh(h @ p.weight_transition_3.T + p.bias_transition_3)


def gates(count: int) -> dict:
    return {
        "weight_ih": [count * 11, 5], "weight_hh": [count * 11, 11],
        "bias_ih": [count * 11], "bias_hh": [count * 11]}


def cells() -> tuple:
    """One step of each cell, input size different from hidden size."""
    tensors = {}
    normalized = {"weight_ih": [44, 5], "weight_hh": [44, 11], "bias_ih": [44], "gain_ih": [44], "gain_hh": [44]}
    normalized |= {"gain_c": [11], "bias_c": [11]}
    deep = gates(1) | {f"weight_transition_{k}": [11, 11] for k in (2, 3)}
    deep |= {f"bias_transition_{k}": [11] for k in (2, 3)}
    makers = {
        "rnn-tanh": lambda: torch.nn.RNNCell(5, 11, nonlinearity="tanh"),
        "rnn-relu": lambda: torch.nn.RNNCell(5, 11, nonlinearity="relu"),
        "lstm": lambda: torch.nn.LSTMCell(5, 11),
        "gru": lambda: torch.nn.GRUCell(5, 11),
        "peephole-lstm": lambda: PaperCell(peephole, gates(4) | {"weight_peephole": [3, 11]}),
        "layer-norm-lstm": lambda: PaperCell(layer_norm_lstm, normalized),
        "gru-reset-before": lambda: PaperCell(reset_before, gates(3)),
        "deep-transition": lambda: PaperCell(deep_transition, deep),
    }
    for case, make in makers.items():
        generator = random.Random(f"cell {case}")
        cell = fill(make(), generator, bound=0.5)
        leaves = {"input": uniform(generator, 3, 5), "h0": uniform(generator, 3, 11)}
        if case.endswith("lstm"):
            leaves["c0"] = uniform(generator, 3, 11)
        for name, leaf in leaves.items():
            tensors[f"{case}/{name}"] = leaf
            leaf.requires_grad_()
        put_parameters(tensors, case, cell)
        if case.endswith("lstm"):
            results = dict(zip(("hn", "cn"), cell(leaves["input"], (leaves["h0"], leaves["c0"]))))
        else:
            results = {"hn": cell(leaves["input"], leaves["h0"])}
        loss = 0
        for name, result in results.items():
            cotangent = uniform(generator, *result.shape, bound=0.5)
            loss = loss + (result * cotangent).sum()
            tensors[f"{case}/{name}"] = result
            tensors[f"{case}/cotangent/{name}"] = cotangent
        loss.backward()
        put_gradients(tensors, case, leaves, cell)
    return tensors, {"contents": "one step of each cell: torch.nn, and the equations of the papers"}


def layers() -> tuple:
    """Layer normalization, embedding, linear."""
    tensors = {}
    generator = random.Random("layers")
    cases = {
        "layer-norm": (torch.nn.LayerNorm(13), uniform(generator, 4, 3, 13, bound=2)),
        "linear": (torch.nn.Linear(5, 9), uniform(generator, 4, 3, 5)),
        "embedding": (torch.nn.Embedding(10, 6), torch.tensor([[3, 0, 9], [3, 3, 7], [1, 9, 3], [0, 0, 5]])),
    }
    for case, (module, value) in cases.items():
        fill(module, generator, bound=1.0)
        tensors[f"{case}/input"] = value
        put_parameters(tensors, case, module)
        leaves = {"input": value.requires_grad_()} if value.is_floating_point() else {}
        result = module(value)
        cotangent = uniform(generator, *result.shape, bound=0.5)
        (result * cotangent).sum().backward()
        tensors[f"{case}/output"] = result
        tensors[f"{case}/cotangent/output"] = cotangent
        put_gradients(tensors, case, leaves, module)
    return tensors, {"contents": "torch.nn layers", "layer-norm.epsilon": "1e-5"}


def losses() -> tuple:
    """Cross-entropy: label smoothing, targets ignored, mean and sum; every pair of them. Then connectionist temporal classification."""
    tensors = {}
    generator = random.Random("losses")
    logits = uniform(generator, 7, 4, 11, bound=3)
    targets = torch.tensor([[generator.randrange(11) for _ in range(4)] for _ in range(7)])
    padded = targets.clone()
    padded[5:, 1] = -100
    padded[2:, 3] = -100
    tensors |= {"logits": logits, "targets": targets, "targets-padded": padded}
    for padding in ("whole", "padded"):
        for smoothing in ("0", "0.1"):
            for reduction in ("mean", "sum"):
                leaf = logits.clone().requires_grad_()
                loss = torch.nn.functional.cross_entropy(
                    leaf.reshape(-1, 11), (padded if padding == "padded" else targets).flatten(),
                    ignore_index=-100, label_smoothing=float(smoothing), reduction=reduction)
                loss.backward()
                case = f"{padding}-{smoothing}-{reduction}"
                tensors[f"{case}/loss"] = loss
                tensors[f"{case}/gradient/logits"] = leaf.grad
    tensors |= ctc()
    return tensors, {"contents": "torch.nn.functional.cross_entropy and ctc_loss", "ignore_index": "-100"}


# A long text, an empty one, neighbours that are alike, one symbol, a text that needs every step, and one that needs one step more.
CTC_TEXTS = [[1, 2, 3, 2, 8, 7, 1], [], [4, 4, 5, 5, 5], [6], [1, 2, 1, 2, 2, 3], [3, 3, 3, 3]]
CTC_LENGTHS = [25, 12, 19, 3, 7, 6]


def ctc() -> dict:
    """The loss of each sequence, and the gradient of their sum by the logits."""
    leaf = uniform(random.Random("ctc"), 25, len(CTC_TEXTS), 9, bound=3).requires_grad_()
    texts = torch.tensor([symbol for text in CTC_TEXTS for symbol in text])
    lengths = torch.tensor([len(text) for text in CTC_TEXTS])
    each = torch.nn.functional.ctc_loss(
        leaf.log_softmax(2), texts, torch.tensor(CTC_LENGTHS), lengths, reduction="none", zero_infinity=True)
    each.sum().backward()
    return {
        "ctc/logits": leaf, "ctc/lengths": torch.tensor(CTC_LENGTHS), "ctc/texts": texts, "ctc/text-lengths": lengths,
        "ctc/losses": each, "ctc/gradient/logits": leaf.grad}


# --- ten steps of training -------------------------------------------------------------------------------------------

VOCABULARY, EMBEDDING, WIDTH, STEPS, STREAMS, UPDATES = 13, 8, 16, 6, 4, 10
CLIP, LOSS_SCALE = 5.0, 24.0

OPTIMIZERS = {
    "adam": (torch.optim.Adam, {"lr": 0.05}),
    "adam-decay": (torch.optim.Adam, {"lr": 0.05, "weight_decay": 0.05}),
    "adamw": (torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.1}),
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "sgd-decay": (torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.05}),
    "momentum": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9}),
    "adagrad": (torch.optim.Adagrad, {"lr": 0.1}),
}


class LanguageModel(torch.nn.Module):
    """Embedding, two layers of LSTM, projection: the tensors' names are those of Recurrent's model files."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
        self.rnn = torch.nn.LSTM(EMBEDDING, WIDTH, 2)
        self.output = torch.nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens, state):
        outputs, state = self.rnn(self.embedding(tokens), state)
        return self.output(outputs), state


def language_model() -> tuple:
    """Truncated backpropagation over a contiguous stream, state carried, clipping, ten updates by each optimizer.

    The loss of a step is the mean over its tokens, times 24 so that the gradient's norm is past the clipping norm in
    some of the ten steps and below it in others.
    """
    generator = random.Random("language model")
    tokens = [0]
    for _ in range(STREAMS * UPDATES * STEPS):  # a walk with structure, so that there is something to learn
        tokens.append((tokens[-1] + generator.choice([1, 1, 1, 1, 5])) % VOCABULARY)
    inputs = torch.tensor(tokens[:-1]).reshape(STREAMS, -1).T.contiguous()  # [time, batch]
    targets = torch.tensor(tokens[1:]).reshape(STREAMS, -1).T.contiguous()
    initial = fill(LanguageModel(), generator, bound=0.4).state_dict()
    tensors = {"inputs": inputs, "targets": targets}
    tensors |= {f"parameter/{name}": parameter.clone() for name, parameter in initial.items()}

    for name, (optimizer_type, options) in OPTIMIZERS.items():
        model = LanguageModel().double()
        model.load_state_dict(initial)
        optimizer = optimizer_type(model.parameters(), **options)
        trace, norms, lengths = [], [], []
        state = tuple(torch.zeros(2, STREAMS, WIDTH, dtype=torch.float64) for _ in range(2))
        for update in range(UPDATES):
            piece = slice(update * STEPS, (update + 1) * STEPS)
            logits, state = model(inputs[piece], state)
            state = tuple(part.detach() for part in state)
            loss = LOSS_SCALE * torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets[piece].flatten())
            optimizer.zero_grad()
            loss.backward()
            norms.append(clip_grad_norm_(model.parameters(), CLIP))
            optimizer.step()
            trace.append(loss.detach())
            lengths.append(torch.cat([p.detach().flatten() for p in model.parameters()]).norm())
        tensors[f"{name}/losses"] = torch.stack(trace)
        tensors[f"{name}/gradient-norms"] = torch.stack(norms)  # before clipping
        tensors[f"{name}/parameter-norms"] = torch.stack(lengths)  # after the update
    options = {name: json.dumps(options, sort_keys=True) for name, (_, options) in OPTIMIZERS.items()}
    metadata = {"contents": "ten updates of a language model", "clip": str(CLIP), "loss-scale": str(LOSS_SCALE)}
    return tensors, metadata | options


# --- model files -----------------------------------------------------------------------------------------------------

# Awkward on purpose: letters of two and three bytes, a letter and its combining accent, a no-break space, a tab, empty
# lines, no newline at the end.
TEXT = """The old caf\u00e9 stood where the river bends, and the river was slow.
\u201cNa\u00efve,\u201d said the miller. \u201cThe river is never slow; the old miller is.\u201d

\tThe cafe\u0301 was old\u00a0 and the miller was old, and the river bends, and bends, and is never old.
So the miller said: the river is slow where the old mill stood, and never where the river bends.


And where the old river bends, the mill stood; the miller was never slow \u2014 and the caf\u00e9 was never old.
The river, the mill, the miller and the caf\u00e9: all of them slow, all of them old, said the river, and was slow"""

MODELS = {
    "model-lstm-characters": {"cell": "lstm", "layers": 2, "hidden": 12, "embedding": 7, "tokens": "characters"},
    "model-gru-words": {"cell": "gru", "layers": 1, "hidden": 10, "embedding": 10, "tokens": "words", "tied": True,
                        "lowercase": True, "minimumCount": 2},
    "model-relu-bytes": {"cell": "rnn-relu", "layers": 3, "hidden": 6, "embedding": 5, "tokens": "bytes"},
}


def model_file(name: str) -> tuple:
    """A model file as `recurrent train` writes one, with the losses that PyTorch computes for it in the metadata.

    The text and its parts are those of `text.txt` in the same folder; load_in_pytorch.py says what is done with them.
    """
    sys.dont_write_bytecode = True
    import load_in_pytorch

    generator, options = random.Random(name), MODELS[name]
    data = {"tokens": options["tokens"], "lowercase": options.get("lowercase", False),
            "minimumCount": options.get("minimumCount", 1), "split": [0.5, 0.3, 0.2]}
    model = {"cell": options["cell"], "hidden": options["hidden"], "layers": options["layers"],
             "embedding": options["embedding"], "tied": options.get("tied", False), "residual": False,
             "transitionDepth": 2, "dropout": 0.5, "dropoutEmbedding": 0.0, "dropoutRecurrent": 0.0,
             "variational": False, "forgetBias": 1.0}
    symbols = load_in_pytorch.symbols_of(TEXT.encode(), data["tokens"], data["lowercase"])
    if data["tokens"] == "bytes":
        vocabulary = [f"0x{byte:02x}" for byte in range(256)]
    elif data["tokens"] == "words":
        vocabulary = sorted({word for word in symbols if symbols.count(word) >= 2} | {"<eos>", "<unk>"})
    else:
        vocabulary = sorted(set(symbols))

    rnn = KINDS[model["cell"]](model["embedding"], model["hidden"], model["layers"])
    tensors = {"embedding.weight": uniform(generator, len(vocabulary), model["embedding"])}
    tensors |= {f"rnn.{name}": value.detach() for name, value in fill(rnn, generator, bound=0.5).named_parameters()}
    if not model["tied"]:
        tensors["output.weight"] = uniform(generator, len(vocabulary), model["hidden"], bound=2)
    tensors["output.bias"] = uniform(generator, len(vocabulary))

    module = load_in_pytorch.LanguageModel(dict(tensors), model).double().eval()
    module.load_state_dict({name: value.double() for name, value in module.state_dict().items()})
    losses = {}
    for split in ("train", "valid", "test"):
        tokens = load_in_pytorch.tokens_of(FOLDER / "text.txt", split, data, vocabulary)
        losses[split] = [round(load_in_pytorch.evaluate(module, tokens), 9), len(tokens) - 1]
    configuration = {"task": "language-model", "data": data, "model": model}
    return tensors, {
        "format": "recurrent", "configuration": json.dumps(configuration), "vocabulary": json.dumps(vocabulary),
        "losses": json.dumps(losses)}


# --- attention -------------------------------------------------------------------------------------------------------


def attention() -> tuple:
    """Attention of every kind and decoders with it; see attention_goldens.py."""
    sys.dont_write_bytecode = True
    import attention_goldens

    return attention_goldens.attention()


# --- pictures --------------------------------------------------------------------------------------------------------


def pictures() -> tuple:
    """Convolution, pooling, batch normalization, SqueezeNet; see picture_goldens.py."""
    sys.dont_write_bytecode = True
    import picture_goldens

    return picture_goldens.pictures()


def draw() -> tuple:
    """DRAW; see draw_goldens.py."""
    sys.dont_write_bytecode = True
    import draw_goldens

    return draw_goldens.draw()


# --- all -------------------------------------------------------------------------------------------------------------


def differences(new: tuple, old: tuple) -> list:
    """The names whose numbers are not within a float32 unit or two (another PyTorch may add in another order)."""
    if new[0].keys() != old[0].keys() or new[1] != old[1]:
        return ["names or metadata"]
    wrong = []
    for name, tensor in new[0].items():
        tensor = tensor.detach().to(old[0][name].dtype)
        scale = max(1e-30, float(tensor.abs().max()))
        if tensor.shape != old[0][name].shape or float((tensor - old[0][name]).abs().max()) > 2.5e-7 * scale:
            wrong.append(name)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the golden files from PyTorch.")
    parser.add_argument("--check", action="store_true", help="compare with the files that are there; write nothing")
    check = parser.parse_args().check
    torch.set_num_threads(1)
    files = {kind: lambda kind=kind: sequences(kind) for kind in KINDS}
    files |= {"cells": cells, "layers": layers, "losses": losses, "language-model": language_model}
    files |= {"attention": attention, "pictures": pictures, "draw": draw}
    files |= {name: lambda name=name: model_file(name) for name in MODELS}
    if not check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "text.txt").write_text(TEXT, encoding="utf-8")
    failed, total = 0, 0
    for name, make in files.items():
        path = FOLDER / f"{name}.safetensors"
        tensors, metadata = make()
        metadata["made-by"] = "Scripts/make_goldens.py"
        if check:
            wrong = differences((tensors, metadata), decode(path.read_bytes()))
            failed += bool(wrong)
            print(f"{name}: {'differs in ' + ', '.join(wrong[:5]) if wrong else 'as on disk'}")
        else:
            data = encode(tensors, metadata)
            path.write_bytes(data)
            total += len(data)
            print(f"{path.name}: {len(tensors)} tensors, {len(data)} bytes")
    if not check:
        print(f"{total} bytes in all, PyTorch {torch.__version__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
