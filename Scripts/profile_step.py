#!/usr/bin/env python3
"""Shows what the time of one benchmark case goes to, by purpose, as a Markdown table.

Nothing here is needed to build, test or run Recurrent. It needs Linux and its `perf`, and the right to sample
(kernel.perf_event_paranoid at 1 or below to see the kernel's own part):

    make build
    Scripts/profile_step.py lm-char-2x512

It samples `recurrent bench` while it runs the case again and again; setting up and the calls that do not count are in the
samples too. A function belongs to the first purpose whose pattern is found in its name, of those below. What was inlined
into a kernel counts with the kernel.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The names are those of Sources/RecurrentKernels; the first match decides, so the particular stand before the general.
PURPOSES = [
    ("derivatives of the gates", r"rk_\w*backward_step"),
    ("weight gradients", r"rk_backward_products"),
    ("recurrent product backward, input gradient", r"rk_panel_product"),
    ("rearranging", r"rk_output_task|rk_\w*pack|rk_backward_prepare"),
    ("products and gates forward", r"rk_\w*_step|rk_step|rk_\w*forward|rk_\w*_gates"),
    ("softmax and cross-entropy", r"rk_\w*(cross_entropy|softmax)"),
    ("optimizer and norm", r"rk_\w*(adam|sgd|rmsprop|adagrad|sum_of_squares)"),
    ("matrix product", r"rk_product|rk_thin_task|rk_matmul"),
    ("waiting for other threads", r"rk_meet|rk_await|rk_worker|rk_parallel|^(work|run|run_job)$|futex|pthread_cond"),
    ("other kernels", r"rk_"),
    ("page faults", r"clear_page|page_fault|clear_huge|do_anonymous|madvise"),
    ("Swift and the system", r""),
]


def purpose(symbol: str) -> str:
    return next(name for name, pattern in PURPOSES if re.search(pattern, symbol))


def read_case(path: pathlib.Path, name: str) -> dict:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    cases = {case["id"]: case for case in map(json.loads, filter(str.strip, lines))}
    if name not in cases:
        sys.exit(f"{path} has no case {name}; it has {', '.join(cases)}")
    return cases[name]


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
        report = run(["perf", "report", "-i", data, "--stdio", "--no-children", "-F", "overhead,symbol",
                      "--field-separator", "\t", "--percent-limit", "0"])
    shares = []
    for line in report.splitlines():
        percent, _, symbol = line.partition("\t")
        if symbol and re.fullmatch(r"\s*[\d.]+%?\s*", percent):
            # A symbol stands behind "[.]" or "[k]", for the program or the kernel.
            shares.append((re.sub(r"^\[.\]\s*", "", symbol.strip()), float(percent.strip().rstrip("%"))))
    if not shares:
        sys.exit("perf took no samples of the case")
    return json.loads(answer)["seconds"], shares


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("case", help="the case's id")
    ask.add_argument("--cases", type=pathlib.Path, default=ROOT / "Benchmarks" / "Cases" / "standard.jsonl",
                     help="the file that it is in")
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--command", default=str(ROOT / ".build" / "release" / "recurrent"), help="the built command")
    options = ask.parse_args()

    seconds, shares = sampled(read_case(options.cases, options.case), options.command, options.threads)
    total = sum(share for _, share in shares)
    functions = {name: [] for name, _ in PURPOSES}
    for symbol, share in shares:
        functions[purpose(symbol)].append((100 * share / total, symbol))
    print(f"{options.case}: {seconds * 1e3:.3f} ms a call, {options.threads} threads\n")
    print("| purpose | % of the time of all threads | most of it |")
    print("| --- | ---: | --- |")
    for name, members in sorted(functions.items(), key=lambda item: -sum(share for share, _ in item[1])):
        part = sum(share for share, _ in members)
        if part >= 0.05:
            largest = ", ".join(f"`{symbol}` {share:.1f}" for share, symbol in sorted(members, reverse=True)[:2])
            print(f"| {name} | {part:.1f} | {largest} |")


if __name__ == "__main__":
    main()
