"""Convolutions and SqueezeNet 1.1 in PyTorch, for compare_with_pytorch.py."""


def squeezenet_layers(height: int, width: int) -> list:
    """Of each convolution of the features: places, inputs, outputs, the size of its window."""
    def pooled(extent):
        return (extent - 2) // 2 + 1

    high, wide = (height - 3) // 2 + 1, (width - 3) // 2 + 1
    layers = [(high * wide, 3, 64, 3)]
    high, wide, size = pooled(high), pooled(wide), 64
    for number, (squeezed, expanded) in enumerate(FIRES, 2):
        layers += [(high * wide, size, squeezed, 1), (high * wide, squeezed, expanded, 1), (high * wide, squeezed, expanded, 3)]
        size = 2 * expanded
        if number in (3, 5):
            high, wide = pooled(high), pooled(wide)
    return layers


FIRES = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]


def operations(case: dict) -> int:
    """The multiplications and additions of one call, as Sources/RecurrentBenchmarking counts them."""
    if case["op"].startswith("squeezenet"):
        layers = [2 * case["batch"] * p * i * o * k * k for p, i, o, k in squeezenet_layers(case["height"], case["width"])]
        # Nobody asks for the gradient of the picture.
        return 3 * sum(layers) - layers[0] if case["op"].endswith("train") else sum(layers)
    kernel, stride, padding, groups = (case.get(key, value) for key, value in DEFAULTS.items())
    high, wide = ((case[key] + 2 * padding - kernel) // stride + 1 for key in ("height", "width"))
    once = 2 * case["batch"] * high * wide * case["output"] * (case["input"] // groups) * kernel * kernel
    return 3 * once if case["op"].endswith("train") else once


DEFAULTS = {"kernel": 1, "stride": 1, "padding": 0, "groups": 1}


def squeezenet():
    """The features of SqueezeNet 1.1."""
    import torch
    from torch import nn

    class Fire(nn.Module):
        def __init__(self, size, squeezed, expanded):
            super().__init__()
            self.squeeze1x1 = nn.Conv2d(size, squeezed, 1)
            self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
            self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

        def forward(self, x):
            x = self.squeeze1x1(x).relu_()
            return torch.cat([self.expand1x1(x).relu_(), self.expand3x3(x).relu_()], 1)

    parts, size = [nn.Conv2d(3, 64, 3, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True)], 64
    for number, (squeezed, expanded) in enumerate(FIRES, 2):
        parts.append(Fire(size, squeezed, expanded))
        size = 2 * expanded
        if number in (3, 5):
            parts.append(nn.MaxPool2d(3, 2, ceil_mode=True))
    return nn.Sequential(*parts)


def call(case: dict, timed):
    """What is timed of a case: in the order of channels, first or last, in which it is faster here and now."""
    import torch

    calls = [call_in(case, order) for order in (torch.contiguous_format, torch.channels_last)]
    for one in calls:
        one()
    return min(calls, key=lambda one: min(timed(one, 3) for _ in range(3)))


def call_in(case: dict, order):
    import torch
    from torch import nn

    is_network = case["op"].startswith("squeezenet")
    if is_network:
        model = squeezenet()
    else:
        kernel, stride, padding, groups = (case.get(key, value) for key, value in DEFAULTS.items())
        model = nn.Sequential(
            nn.Conv2d(case["input"], case["output"], kernel, stride, padding, groups=groups), nn.ReLU(inplace=True))
    model = model.to(memory_format=order)
    pictures = torch.randn(case["batch"], case.get("input", 3), case["height"], case["width"]).to(memory_format=order)
    if case["op"].endswith("train"):
        wanted = list(model.parameters())
        if not is_network:
            wanted.append(pictures.requires_grad_(True))
        return lambda: torch.autograd.grad(model(pictures).sum(), wanted)

    def infer():
        with torch.inference_mode():
            model(pictures)

    return infer
