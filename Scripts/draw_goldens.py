"""The golden cases of DRAW, for make_goldens.py: both parts of the bound and their gradients, with attention and without, grey and in colour."""

import random

import torch
from draw_in_pytorch import Draw
from make_goldens import fill, put_gradients, put_parameters, uniform

CASES = {
    "attention": dict(height=6, width=9, hidden=5, glimpses=3, latent=4, read=2, write=3),
    "no-attention": dict(height=3, width=4, hidden=5, glimpses=2, latent=4, attention=False),
    "color": dict(height=5, width=4, channels=3, hidden=4, glimpses=2, latent=3, read=1, write=2),
}


def draw() -> tuple:
    tensors = {}
    for case, sizes in CASES.items():
        generator = random.Random(f"draw {case}")
        network = fill(Draw(**sizes), generator, 0.5)
        put_parameters(tensors, case, network)
        pictures = uniform(generator, 3, *network.shape).abs()
        noise = uniform(generator, network.glimpses, 3, sizes["latent"], bound=2)
        reconstruction, divergence = network(pictures, noise)
        ((reconstruction + divergence) / 3).backward()
        tensors |= {f"{case}/pictures": pictures, f"{case}/noise": noise}
        tensors |= {f"{case}/reconstruction": reconstruction.reshape(1), f"{case}/divergence": divergence.reshape(1)}
        put_gradients(tensors, case, {}, network)
    return tensors, {"contents": "DRAW (Gregor et al. 2015) by Scripts/draw_in_pytorch.py"}
