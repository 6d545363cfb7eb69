#!/usr/bin/env python3
"""Times Recurrent against PyTorch, case by case in turn, in one run.

Nothing here is needed to build, test or run Recurrent. To run it:

    make build
    python3 -m venv venv
    venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu
    venv/bin/python Scripts/compare_with_pytorch.py --markdown Benchmarks/Cases/shapes.jsonl

A case is a line of JSON, as `recurrent bench` takes it. In each round both sides run it, one after the other, and each
gives the median of five runs of a quarter of a second or more; what is shown is the median over the rounds. Both use
float32 and the same number of threads. What a call does:

    train  forward, and backward to the input and every parameter, of the sum of all outputs; no optimizer
    infer  forward, from a state of zeros, without anything kept for a backward pass
    step   so many single time steps, the state carried from one to the next and from call to call; where a case has
           weights in bfloat16, those of Recurrent are, and those of PyTorch stay in float32
    lm     embedding, layers, projection, mean cross-entropy, backward, clipping of the norm at 5, one update of Adam
    attention-train
           the same of a translator: bidirectional encoder, decoder with attention; see attention_in_pytorch.py
    ctc-train
           log-softmax and the loss of connectionist temporal classification, backward to the scores
    convolution-infer, convolution-train
           one convolution of pictures with bias and relu; backward to its input and parameters
    squeezenet-infer, squeezenet-train
           the features of SqueezeNet 1.1; backward to the parameters. PyTorch keeps pictures in two orders, channels first
           or last; what is shown is the faster of both; see pictures_in_pytorch.py

GFLOP/s are those of the matrix products (as in Sources/RecurrentBenchmarking), the same count for both. The last column is
PyTorch's time divided by ours: above 1, Recurrent is faster. The rows begin with the lowest where --sorted is given.

With --memory each case runs in fresh processes, and what is shown is the most memory that a process held, as the system
counts it, less that of a process that ran the smallest case there is: what the case itself needs.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
GATES = {"rnn": 1, "lstm": 4, "gru": 3}


# --- cases ------------------------------------------------------------------------------------------------------------


def read_cases(path: str, text: str) -> list:
    """The cases of a file whose names have `text` in them."""
    cases = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines() if line.strip()]
    return [case for case in cases if text in case["id"]]


def operations(case: dict) -> int:
    """The multiplications and additions of the matrix products of one call."""
    if "height" in case:
        import pictures_in_pytorch

        return pictures_in_pytorch.operations(case)
    if case["op"] == "ctc-train":
        return 0
    tokens, hidden = case["time"] * case["batch"], case["hidden"]
    if case["op"] == "attention-train":
        return attention_operations(case)
    features = case["embedding"] if case["op"] == "lm" else case["input"]
    inputs = [features] + [hidden] * (case["layers"] - 1)
    forward = sum(2 * tokens * GATES[case["cell"]] * hidden * (size + hidden) for size in inputs)
    if case["op"] == "lm":
        forward += 2 * tokens * hidden * case["vocabulary"]
    return 3 * forward if case["op"] in ("train", "lm") else forward


def attention_operations(case: dict) -> int:
    """Those of a translator, as `BenchmarkCase.attentionModel` counts them."""
    time, batch, hidden, features = case["time"], case["batch"], case["hidden"], case["embedding"]
    fed = {"nothing": 0, "context": hidden, "readout": features}[case.get("feeding", "context")]
    attention = case.get("attention", "additive")
    encoder = sum(
        2 * GATES[case["cell"]] * (hidden // 2) * ((features if layer == 0 else hidden) + hidden // 2)
        for layer in range(case["layers"])
    )
    decoder = GATES[case["cell"]] * hidden * (features + fed + hidden)
    projections = {"additive": 2, "dot": 0}.get(attention, 1) * hidden * hidden
    ends = (2 * hidden + features) * features + features * case["vocabulary"]
    return 6 * time * batch * (encoder + decoder + projections + ends) + 12 * batch * time * time * hidden


# --- PyTorch ----------------------------------------------------------------------------------------------------------


def serve_pytorch(threads: int) -> None:
    """Answers cases on standard input with their seconds, in a process of its own: two pools of threads in one would
    be in each other's way."""
    import torch

    torch.set_num_threads(threads)
    for line in sys.stdin:
        case = json.loads(line)
        torch.manual_seed(0)
        print(json.dumps({"id": case["id"], "seconds": median_seconds(pytorch_call(case))}), flush=True)


def pytorch_call(case: dict):
    """What is timed of a case."""
    import torch
    from torch import nn

    if case["op"] == "attention-train":
        import attention_in_pytorch

        return attention_in_pytorch.training_step(case)
    if "height" in case:
        import pictures_in_pytorch

        return pictures_in_pytorch.call(case, timed)
    if case["op"] == "ctc-train":
        return ctc_step(case)
    layer = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[case["cell"]]
    shape = (case["time"], case["batch"])
    if case["op"] == "lm":
        embedding = nn.Embedding(case["vocabulary"], case["embedding"])
        rnn = layer(case["embedding"], case["hidden"], case["layers"])
        output = nn.Linear(case["hidden"], case["vocabulary"])
        parameters = [p for module in (embedding, rnn, output) for p in module.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=1e-3)
        tokens, targets = (torch.randint(case["vocabulary"], shape) for _ in range(2))

        def training_step():
            optimizer.zero_grad(set_to_none=True)
            logits = output(rnn(embedding(tokens))[0])
            nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
            nn.utils.clip_grad_norm_(parameters, 5)
            optimizer.step()

        return training_step

    rnn = layer(case["input"], case["hidden"], case["layers"])
    inputs = torch.randn(*shape, case["input"])
    if case["op"] == "train":
        inputs.requires_grad_(True)
        wanted = [inputs, *rnn.parameters()]
        return lambda: torch.autograd.grad(rnn(inputs)[0].sum(), wanted)
    if case["op"] == "infer":

        def infer():
            with torch.inference_mode():
                rnn(inputs)

        return infer
    steps = inputs.split(1)
    state = None

    def step():
        nonlocal state
        with torch.inference_mode():
            for x in steps:
                _, state = rnn(x, state)

    return step


def ctc_step(case: dict):
    """The loss of connectionist temporal classification and its gradient to the scores."""
    import torch
    from torch import nn

    time_steps, batch, symbols, text = (case[key] for key in ("time", "batch", "vocabulary", "text"))
    scores = torch.randn(time_steps, batch, symbols, requires_grad=True)
    texts = torch.randint(1, symbols, (batch, text))
    lengths = [torch.full((batch,), length) for length in (time_steps, text)]
    return lambda: torch.autograd.grad(nn.functional.ctc_loss(scores.log_softmax(-1), texts, *lengths, zero_infinity=True), [scores])


def median_seconds(call) -> float:
    """The median over five runs of the seconds of a call, as `recurrent bench` takes it."""
    call()
    call()
    once = timed(call, 1)
    repeats = max(1, int(0.25 / once))
    return statistics.median(timed(call, repeats) for _ in range(5))


def timed(call, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


# --- the comparison ---------------------------------------------------------------------------------------------------


class Side:
    """A process that answers cases."""

    def __init__(self, name: str, command: list):
        self.name = name
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        except OSError as error:
            sys.exit(f"{name}: {command[0]}: {error.strerror}")

    def seconds(self, case: dict) -> float:
        line = ""
        try:
            self.process.stdin.write(json.dumps(case) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            sys.exit(f"{self.name} ended at case {case['id']}")
        answer = json.loads(line)
        if answer["id"] != case["id"]:
            sys.exit(f"{self.name} answered {answer['id']} to {case['id']}")
        return answer["seconds"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def compared(case: dict, ours: Side, theirs: Side, rounds: int) -> dict:
    times = {side.name: [] for side in (ours, theirs)}
    for round_number in range(rounds):
        # Who comes first changes, so that neither always finds the machine as the other left it.
        for side in (ours, theirs) if round_number % 2 == 0 else (theirs, ours):
            times[side.name].append(side.seconds(case))
    seconds = {name: statistics.median(values) for name, values in times.items()}
    return {
        **case,
        "kind": "comparison",
        "operations": operations(case),
        "recurrent": seconds["recurrent"],
        "pytorch": seconds["pytorch"],
        "ratio": seconds["pytorch"] / seconds["recurrent"],
        # How far the rounds lie apart, to tell a difference from noise.
        "spread": max(max(v) / min(v) for v in times.values()),
    }


# Asked of both sides before anything counts: while one still starts, it would take the cores from the other.
FIRST_CASE = {"id": "first", "op": "infer", "cell": "rnn", "time": 1, "batch": 1, "input": 1, "hidden": 1, "layers": 1}


def peak_bytes(command: list, case: dict) -> int:
    """The most memory that a process held which ran the case and nothing else."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    process.stdin.write(json.dumps(case) + "\n")
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode} at case {case['id']}")
    # Kibibytes everywhere but on macOS.
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def compared_memory(cases: list, commands: dict):
    """For each case the bytes that each side's process took beyond what it takes to run next to nothing."""
    base = {name: peak_bytes(command, FIRST_CASE) for name, command in commands.items()}
    for case in cases:
        peaks = {name: peak_bytes(command, case) - base[name] for name, command in commands.items()}
        yield {**case, "kind": "memory", **peaks}


HEADS = ["case", "ms", "GFLOP/s", "PyTorch ms", "PyTorch GFLOP/s", "ratio"]


def row(result: dict) -> list:
    def figures(seconds: float) -> list:
        return [f"{seconds * 1e3:.3f}", f"{result['operations'] / seconds * 1e-9:.1f}"]

    return [result["id"], *figures(result["recurrent"]), *figures(result["pytorch"]), f"{result['ratio']:.2f}"]


MEMORY_HEADS = ["case", "MiB", "PyTorch MiB"]


def memory_row(result: dict) -> list:
    return [result["id"], *(f"{result[name] / 2**20:.1f}" for name in ("recurrent", "pytorch"))]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("cases", nargs="?", help="a file of cases, one a line")
    ask.add_argument("--filter", default="", metavar="TEXT", help="only cases with this text in their name")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--command", default=str(ROOT / ".build" / "release" / "recurrent"), help="the built command")
    ask.add_argument("--sorted", action="store_true", help="show all at the end, the lowest ratio first")
    ask.add_argument("--memory", action="store_true", help="compare memory, not time")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a JSON object a line")
    form.add_argument("--markdown", action="store_true", help="a table for a page")
    ask.add_argument("--serve-pytorch", action="store_true", help=argparse.SUPPRESS)
    options = ask.parse_args()
    if options.serve_pytorch:
        return serve_pytorch(options.threads)
    if options.cases is None:
        ask.error("a file of cases is needed")
    if options.rounds < 1:
        ask.error("--rounds must be at least 1")

    heads, row_of = (MEMORY_HEADS, memory_row) if options.memory else (HEADS, row)

    def show(result: dict) -> None:
        if options.json:
            print(json.dumps(result), flush=True)
        elif options.markdown:
            print("| " + " | ".join(row_of(result)) + " |", flush=True)
        else:
            name, *figures = row_of(result)
            print(f"{name:34}" + "".join(f"{figure:>17}" for figure in figures), flush=True)

    if options.markdown:
        print("| " + " | ".join(heads) + " |")
        print("| --- |" + " ---: |" * (len(heads) - 1))
    elif not options.json:
        print(f"{heads[0]:34}" + "".join(f"{head:>17}" for head in heads[1:]))

    threads = str(options.threads)
    commands = {
        "recurrent": [options.command, "bench", "--json", "--threads", threads],
        "pytorch": [sys.executable, __file__, "--serve-pytorch", "--threads", threads],
    }
    cases = read_cases(options.cases, options.filter)
    if options.memory:
        for result in compared_memory(cases, commands):
            show(result)
        return
    ours, theirs = (Side(name, command) for name, command in commands.items())
    for side in (ours, theirs):
        side.seconds(FIRST_CASE)
    results = []
    for case in cases:
        results.append(compared(case, ours, theirs, options.rounds))
        if not options.sorted:
            show(results[-1])
    for side in (ours, theirs):
        side.close()
    results.sort(key=lambda result: result["ratio"])
    for result in results if options.sorted else []:
        show(result)
    if results and not (options.json or options.markdown):
        slower = sum(result["ratio"] < 1 for result in results)
        print(f"{len(results)} cases, {slower} of them slower than PyTorch; the lowest: "
              f"{results[0]['ratio']:.2f} at {results[0]['id']}")


if __name__ == "__main__":
    main()
