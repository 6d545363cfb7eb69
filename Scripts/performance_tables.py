#!/usr/bin/env python3
"""Writes the tables of Documentation/Performance.md from what the measuring programs said, so that no figure is typed.

    Scripts/performance_tables.py RESULTS.jsonl...

The files hold JSON objects, one a line, in any order and from any of

    benchmarks --json                     the machine, kernels and cases
    compare_with_pytorch.py --json        the same cases and others beside PyTorch, and with --memory their memory
    profile_step.py --json                what the time of cases goes to

A later result replaces an earlier one of the same kind and name. A section between `<!-- NAME:begin -->` and
`<!-- NAME:end -->` is replaced where there are results for it, and left as it is where there are none. `make performance`
does it all.
"""

import argparse
import json
import math
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "Documentation" / "Performance.md"
SHAPES = ROOT / "Benchmarks" / "Cases" / "shapes.jsonl"
PICTURES = ROOT / "Benchmarks" / "Cases" / "pictures.jsonl"
SPEECH = ROOT / "Benchmarks" / "Cases" / "speech.jsonl"


# --- figures ----------------------------------------------------------------------------------------------------------


def significant(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def milliseconds(seconds: float) -> str:
    return significant(seconds * 1e3)


def rate(amount: float, seconds: float) -> str:
    """Billions a second."""
    return f"{amount / seconds * 1e-9:.1f}" if amount else "-"


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}"


def table(heads: list, rows: list, left: int = 1) -> str:
    """A Markdown table whose first `left` columns hold words and whose others hold figures."""
    lines = [heads, ["---" if column < left else "---:" for column in range(len(heads))], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def limit(result: dict) -> float:
    """The longer of the times that operations and bytes need: nothing is faster than both allow."""
    return max(result["arithmetic_limit"], result["bytes_limit"])


# --- sections ---------------------------------------------------------------------------------------------------------


def machine_section(results: dict) -> str:
    machine = next(iter(results["machine"].values()))
    threads = "1 thread" if machine["threads"] == 1 else f"{machine['threads']} threads"
    rows = []
    for peak in machine["peaks"]:
        used = ", in use" if peak["instruction_set"] == machine["instruction_set"] else ""
        rates = [f"{peak['operations'][key] * 1e-9:.0f} GFLOP/s" for key in ("one", "all")]
        rows.append([f"multiply-adds, {peak['instruction_set']}{used}", *rates])
    for level in machine["levels"]:
        size = level.get("capacity")
        holds = f" ({size >> 20} MiB)" if size and size >= 1 << 20 else f" ({size >> 10} KiB)" if size else ""
        rates = [f"{level['reading'][key] * 1e-9:.0f} GB/s" for key in ("one", "all")]
        rows.append([f"reading from {level['name']}{holds}", *rates])
    return f"Processor: {machine['processor'] or 'unknown'}.\n\n" + table(["limit", "1 thread", threads], rows)


def purposes(results: dict, name: str) -> str:
    """The three largest parts of a case's time."""
    profile = results["profile"].get(name)
    if profile is None:
        return "-"
    parts = sorted(profile["purposes"].items(), key=lambda part: -part[1])
    return ", ".join(f"{purpose} {share:.0f} %" for purpose, share in parts[:3] if share >= 1)


def cases_section(results: dict) -> str:
    rows = [
        [case["id"], milliseconds(case["seconds"]), rate(case["operations"], case["seconds"]),
         percent(case["arithmetic_limit"], case["seconds"]), milliseconds(case["arithmetic_limit"]),
         milliseconds(case["bytes_limit"]), purposes(results, case["id"])]
        for case in results["case"].values() if case["op"] != "step" and case["id"] not in names_of(PICTURES) | names_of(SPEECH)
    ]
    heads = ["case", "ms", "GFLOP/s", "% of peak", "arithmetic limit, ms", "bytes limit, ms", "where the time goes"]
    lines = table(heads, rows).split("\n")
    lines[1] = lines[1].removesuffix("---: |") + "--- |"  # the last column holds words
    return "\n".join(lines)


def streaming_section(results: dict) -> str:
    rows = [
        [case["id"], f"{case['seconds'] * 1e6:.1f}", significant(case["bytes"] / 2**20), case["level"],
         rate(case["bytes"], case["seconds"]), f"{case['bytes_limit'] * 1e6:.1f}",
         percent(limit(case), case["seconds"])]
        for case in results["case"].values() if case["op"] == "step"
    ]
    return table(["case", "µs a call", "MiB of weights", "they fit in", "GB/s", "bytes limit, µs", "% of the limit"], rows)


def kernels_section(results: dict) -> str:
    rows = [
        [kernel["id"].removeprefix("kernel/"), milliseconds(kernel["seconds"]),
         rate(kernel["operations"], kernel["seconds"]),
         percent(kernel["arithmetic_limit"], kernel["seconds"]) if kernel["operations"] else "-",
         rate(kernel["bytes"], kernel["seconds"]), kernel["level"], percent(kernel["bytes_limit"], kernel["seconds"])]
        for kernel in results["kernel"].values()
    ]
    return table(["kernel", "ms", "GFLOP/s", "% of peak", "GB/s", "fits in", "% of its read rate"], rows)


def comparison(cases: list) -> str:
    rows = [
        [case["id"], milliseconds(case["recurrent"]), rate(case["operations"], case["recurrent"]),
         milliseconds(case["pytorch"]), rate(case["operations"], case["pytorch"]), f"{case['ratio']:.2f}"]
        for case in cases
    ]
    ratios = [case["ratio"] for case in cases]
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    lowest = min(cases, key=lambda case: case["ratio"])
    slower = sum(ratio < 1 for ratio in ratios)
    words = (f"{len(cases)} cases: the ratio's geometric mean is {mean:.2f}, the lowest is {lowest['ratio']:.2f} "
             f"({lowest['id']}), and {slower} {'is' if slower == 1 else 'are'} below 1.")
    return words + "\n\n" + table(["case", "ms", "GFLOP/s", "PyTorch, ms", "PyTorch, GFLOP/s", "ratio"], rows)


def names_of(path: pathlib.Path) -> set:
    """The names of a file's cases."""
    return {json.loads(line)["id"] for line in path.read_text().splitlines() if line.strip()}


def shapes_section(results: dict) -> str:
    known = names_of(SHAPES)
    cases = [case for case in results["comparison"].values() if case["id"] in known]
    return comparison(cases) if cases else ""


def peers_section(results: dict) -> str:
    known = names_of(SHAPES) | names_of(PICTURES) | names_of(SPEECH)
    cases = [case for case in results["comparison"].values() if case["id"] not in known]
    return comparison(cases) if cases else ""


def pictures_section(results: dict) -> str:
    """Each case beside the limits of the machine and beside PyTorch."""
    known = names_of(PICTURES)
    rows = []
    for case in results["comparison"].values():
        alone = results["case"].get(case["id"])
        if case["id"] in known and alone:
            rows.append([
                case["id"], milliseconds(alone["seconds"]), rate(alone["operations"], alone["seconds"]),
                percent(alone["arithmetic_limit"], alone["seconds"]), percent(limit(alone), alone["seconds"]),
                milliseconds(case["recurrent"]), milliseconds(case["pytorch"]), f"{case['ratio']:.2f}"])
    heads = ["case", "ms", "GFLOP/s", "% of peak", "% of the limit", "ms beside PyTorch", "PyTorch, ms", "ratio"]
    return table(heads, rows) if rows else ""


def speech_section(results: dict) -> str:
    known = names_of(SPEECH)
    rows = [
        [case["id"], milliseconds(case["recurrent"]), milliseconds(case["pytorch"]), f"{case['ratio']:.2f}"]
        for case in results["comparison"].values() if case["id"] in known
    ]
    return table(["case", "ms", "PyTorch, ms", "ratio"], rows) if rows else ""


def memory_section(results: dict) -> str:
    def tensors(name: str) -> str:
        size = results["case"].get(name, {}).get("tensor_bytes")
        return f"{size / 2**20:.1f}" if size is not None else "-"

    rows = [
        [case["id"], tensors(case["id"]), f"{case['recurrent'] / 2**20:.1f}", f"{case['pytorch'] / 2**20:.1f}"]
        for case in results["memory"].values()
    ]
    return table(["case", "tensors, MiB", "process, MiB", "PyTorch's process, MiB"], rows)


def left_section(results: dict) -> str:
    """The cases that are farthest from what the machine allows."""
    farthest = sorted(results["case"].values(), key=lambda case: limit(case) / case["seconds"])[:10]
    rows = [
        [case["id"], "arithmetic" if case["arithmetic_limit"] >= case["bytes_limit"] else "bytes",
         purposes(results, case["id"]), percent(limit(case), case["seconds"]),
         milliseconds(case["seconds"] - limit(case))]
        for case in farthest
    ]
    heads = ["case", "its limit", "where the time goes", "% of the limit", "ms beyond it"]
    return table(heads, rows, left=3)


# The section, the kind of result that it needs, and how it is made.
SECTIONS = {
    "machine": ("machine", machine_section),
    "cases": ("case", cases_section),
    "streaming": ("case", streaming_section),
    "kernels": ("kernel", kernels_section),
    "peers": ("comparison", peers_section),
    "shapes": ("comparison", shapes_section),
    "pictures": ("comparison", pictures_section),
    "speech": ("comparison", speech_section),
    "memory": ("memory", memory_section),
    "left": ("case", left_section),
}


# --- the page ---------------------------------------------------------------------------------------------------------


def read_results(paths: list) -> dict:
    """Results by kind and name, in the order in which they first came."""
    results = {kind: {} for kind in ("machine", "kernel", "case", "comparison", "memory", "profile")}
    for path in paths:
        try:
            lines = pathlib.Path(path).read_text().splitlines()
        except OSError as error:
            sys.exit(f"{path}: {error.strerror}")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                result = json.loads(line)
                results[result["kind"]][result.get("id", "")] = result
            except (ValueError, KeyError, TypeError):
                sys.exit(f"{path}:{number}: not a result of a measuring program")
    return results


def replaced(page: str, name: str, text: str) -> str:
    pattern = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        sys.exit(f"{PAGE}: the section <!-- {name}:begin --> ... <!-- {name}:end --> has to be there once")
    return pattern.sub(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", page)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("results", nargs="+", help="files of results, JSON objects one a line")
    ask.add_argument("--page", type=pathlib.Path, default=PAGE)
    options = ask.parse_args()
    results = read_results(options.results)
    page = options.page.read_text()
    for name, (kind, section) in SECTIONS.items():
        text = section(results) if results[kind] else ""
        if text:
            page = replaced(page, name, text)
    options.page.write_text(page)


if __name__ == "__main__":
    main()
