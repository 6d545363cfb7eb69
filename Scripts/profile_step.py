#!/usr/bin/env python3
"""Shows what the time of benchmark cases goes to, by purpose.

Nothing here is needed to build, test or run Recurrent. It needs Linux and its `perf`, and the right to sample
(kernel.perf_event_paranoid at 1 or below to see the kernel's own part):

    make build
    Scripts/profile_step.py lm-char-2x512            # a table
    Scripts/profile_step.py --json                   # every case of the file, one JSON object a line

It samples `recurrent bench` while it runs a case again and again, and looks at the second half of the samples: setting up
and the calls that take their memory from the system for the first time lie in the first. A function belongs to the first
purpose whose pattern is found in its name, of those below. What was inlined into a kernel counts with the kernel.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The names are those of Sources/RecurrentKernels; the first match decides, so the particular stand before the general.
PURPOSES = [
    ("derivatives of the gates", r"rk_\w*backward_step"),
    ("weight gradients", r"rk_backward_products"),
    # Of the backward loop; and of the forward pass, where there are few rows or the weights are larger than the cache.
    ("products with packed panels", r"rk_panel_product"),
    ("convolution", r"rk_places|rk_weights_task|rk_channelwise"),
    ("padding and masks", r"rk_pad_"),
    ("pooling", r"rk_(max|average)_(pooling|gradient)"),
    ("packing", r"rk_output_task|rk_\w*pack|rk_backward_prepare"),
    ("forward products and gates", r"rk_\w*_step|rk_step|rk_\w*forward|rk_\w*_gates"),
    ("softmax and cross-entropy", r"rk_\w*(cross_entropy|softmax)"),
    ("optimizer", r"rk_\w*(adam|sgd|rmsprop|adagrad)"),
    ("norm", r"rk_sum_of_squares"),
    ("matrix product", r"rk_product|rk_thin_task|rk_matmul"),
    ("waiting for other threads", r"rk_meet|rk_await|rk_worker|rk_parallel|^(work|run|run_job)$|futex|sched|pthread_cond"),
    ("clearing and copying memory", r"rk_fill|rk_copy|^__mem(set|move|cpy)"),
    ("page faults", r"clear_page|page_fault|clear_huge|do_anonymous|madvise|mm_fault|^__alloc_pages"),
    ("other kernels", r"rk_"),
    ("Swift and the system", r""),
]


def purpose(symbol: str) -> str:
    return next(name for name, pattern in PURPOSES if re.search(pattern, symbol))


def read_cases(path: pathlib.Path, wanted: list) -> list:
    """The cases of a file with the names that are wanted, or all of them where none is."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    cases = {case["id"]: case for case in map(json.loads, filter(str.strip, lines))}
    for name in wanted:
        if name not in cases:
            sys.exit(f"{path} has no case {name}; it has {', '.join(cases)}")
    return [cases[name] for name in wanted or cases]


def run(command: list, **options) -> str:
    try:
        result = subprocess.run(command, capture_output=True, text=True, **options)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}:\n{result.stderr.strip()}")
    return result.stdout


def sampled(case: dict, command: str, threads: int) -> tuple:
    """The seconds of a call, and the share of the samples in each function, in percent."""
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "perf.data")
        bench = [command, "bench", "--json", "--threads", str(threads)]
        answer = run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", data, "--", *bench],
                     input=json.dumps(case) + "\n")
        report = run(["perf", "report", "-i", data, "--time", "50%-100%", "--stdio", "--no-children",
                      "-F", "overhead,symbol", "--field-separator", "\t", "--percent-limit", "0"])
    shares = []
    for line in report.splitlines():
        percent, _, symbol = line.partition("\t")
        if symbol and re.fullmatch(r"\s*[\d.]+%?\s*", percent):
            # A symbol stands behind "[.]" or "[k]", for the program or the kernel.
            shares.append((re.sub(r"^\[.\]\s*", "", symbol.strip()), float(percent.strip().rstrip("%"))))
    if not shares:
        sys.exit(f"perf took no samples of {case['id']}")
    return json.loads(answer)["seconds"], shares


def by_purpose(shares: list) -> list:
    """The percentage of each purpose, the largest first, with its functions and theirs."""
    total = sum(share for _, share in shares)
    functions = {name: [] for name, _ in PURPOSES}
    for symbol, share in shares:
        functions[purpose(symbol)].append((100 * share / total, symbol))
    parts = [(sum(share for share, _ in members), name, sorted(members, reverse=True))
             for name, members in functions.items()]
    return sorted((part for part in parts if part[0] >= 0.05), reverse=True)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("case", nargs="*", help="ids of cases; all of the file where none is named")
    ask.add_argument("--cases", type=pathlib.Path, default=ROOT / "Benchmarks" / "Cases" / "standard.jsonl",
                     help="the file that they are in")
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--command", default=str(ROOT / ".build" / "release" / "recurrent"), help="the built command")
    ask.add_argument("--json", action="store_true", help="a JSON object a line")
    options = ask.parse_args()
    if shutil.which("perf") is None:
        sys.exit("this needs Linux's perf, which is not here (Debian: linux-perf; Ubuntu: linux-tools-generic)")

    for case in read_cases(options.cases, options.case):
        seconds, shares = sampled(case, options.command, options.threads)
        parts = by_purpose(shares)
        if options.json:
            print(json.dumps({"kind": "profile", "id": case["id"], "seconds": seconds,
                              "purposes": {name: round(share, 2) for share, name, _ in parts}}), flush=True)
            continue
        print(f"{case['id']}: {seconds * 1e3:.3f} ms a call, {options.threads} threads\n")
        print("| purpose | % of the time of all threads | most of it |")
        print("| --- | ---: | --- |")
        for share, name, members in parts:
            # Swift's names can be hundreds of letters long.
            largest = ", ".join(f"`{symbol[:48]}` {part:.1f}" for part, symbol in members[:2])
            print(f"| {name} | {share:.1f} | {largest} |")
        print(flush=True)


if __name__ == "__main__":
    main()
