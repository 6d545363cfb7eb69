#!/usr/bin/env python3
"""Loads a language model that `recurrent train` wrote into PyTorch, and evaluates it there as `recurrent evaluate` does.

Nothing here is needed to build, test or run Recurrent; it shows that a model file stands alone and means in PyTorch what it
means here. To run it:

    python3 -m venv venv
    venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu
    venv/bin/python Scripts/load_in_pytorch.py MODEL DATA [--split test] [--expect LOSS]

MODEL is a `.safetensors` file; DATA is what was given to `recurrent train --data`: a text file, or a directory with train, valid
and test files. The whole split is read as one stream of batch 1, the state carried from piece to piece, and the loss (nats a
token) and the perplexity are printed. With `--expect LOSS` the exit code is 1 if the loss differs from LOSS by more than 1e-4.

The tensors `rnn.*` go into `torch.nn.LSTM`, `GRU` or `RNN` by `load_state_dict` with strict checking: no name is changed.
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
