"""The golden cases of pictures, for make_goldens.py: convolution, pooling, batch normalization, SqueezeNet.

Pictures and results are stored channels last, as Recurrent has them. The weights of SqueezeNet would be megabytes: they are numbers of a
formula (`formula`), which the test has too.
"""

import math
import random

import torch
from make_goldens import fill, put_gradients, put_parameters, uniform
from pictures_in_pytorch import squeezenet

CONVOLUTIONS = {
    "plain": dict(kernel_size=3),
    "one-by-one": dict(kernel_size=1),
    "strided": dict(kernel_size=(3, 2), stride=(2, 3), padding=(1, 0)),
    "dilated": dict(kernel_size=3, padding=2, dilation=(2, 1)),
    "grouped": dict(kernel_size=3, padding=1, groups=2, bias=False),
    "channelwise": dict(kernel_size=3, stride=2, padding=1, groups=4),
}
POOLINGS = {
    "maximum-up": torch.nn.MaxPool2d(3, 2, ceil_mode=True),
    "maximum-padded": torch.nn.MaxPool2d((3, 2), (2, 1), padding=1),
    "mean-up": torch.nn.AvgPool2d(3, 2, padding=1, ceil_mode=True),
    "mean-of-picture": torch.nn.AvgPool2d((2, 3), (3, 2), padding=1, count_include_pad=False),
}


def last(x: torch.Tensor) -> torch.Tensor:
    """Channels moved to the end."""
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def first(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, 3, 1, 2)


def put(tensors: dict, case: str, module: torch.nn.Module, generator: random.Random, shape: tuple) -> None:
    """A module's result and the gradients of its input and parameters."""
    pictures = uniform(generator, *shape)
    tensors[f"{case}/input"] = pictures
    put_parameters(tensors, case, module)
    pictures.requires_grad_()
    result = last(module(first(pictures)))
    cotangent = uniform(generator, *result.shape, bound=0.5)
    (result * cotangent).sum().backward()
    tensors[f"{case}/output"] = result
    tensors[f"{case}/cotangent/output"] = cotangent
    put_gradients(tensors, case, {"input": pictures}, module)


def formula(shape: list, parameter: int) -> torch.Tensor:
    """Numbers within sqrt(6 / fan-in), or 0.1 for a bias, that depend on their place and on the number of the parameter alone."""
    bound = math.sqrt(6 / math.prod(shape[1:])) if len(shape) > 1 else 0.1
    flat = [bound * ((((k + 1) * 2654435761 + parameter * 40503) % 2**32 >> 8) / 2**23 - 1) for k in range(math.prod(shape))]
    return torch.tensor(flat, dtype=torch.float32).reshape(shape).double()


class SqueezeNet(torch.nn.Module):
    """With a classifier; parameters in the order of the layers."""

    def __init__(self, version: str):
        super().__init__()
        features = squeezenet()
        pools_after = (1, 3, 5)
        fires = [part for part in features if hasattr(part, "squeeze1x1")]
        self.conv1 = features[0]
        if version == "1.0":
            self.conv1, pools_after = torch.nn.Conv2d(3, 96, 7, 2), (1, 4, 8)
            fires[0].squeeze1x1 = torch.nn.Conv2d(96, 16, 1)
        self.fires, self.pools_after = torch.nn.ModuleList(fires), pools_after
        self.conv10 = torch.nn.Conv2d(512, 7, 1, padding=1 if version == "1.0" else 0)
        self.double()
        with torch.no_grad():
            for number, parameter in enumerate(self.parameters()):
                parameter.copy_(formula(list(parameter.shape), number))

    def forward(self, x):
        pool = torch.nn.MaxPool2d(3, 2, ceil_mode=True)
        x = pool(self.conv1(x).relu())
        for number, fire in enumerate(self.fires, 2):
            x = fire(x)
            if number in self.pools_after:
                x = pool(x)
        return x, self.conv10(x).relu().mean((2, 3))


def pictures() -> tuple:
    tensors = {}
    for case, options in CONVOLUTIONS.items():
        generator = random.Random(f"convolution {case}")
        put(tensors, case, fill(torch.nn.Conv2d(4, 6 if case != "channelwise" else 4, **options), generator, 0.5), generator,
            (2, 6, 7, 4))
    for case, module in POOLINGS.items():
        put(tensors, case, module, random.Random(f"pooling {case}"), (2, 6, 7, 3))
    for case in ("batch-norm-training", "batch-norm-used"):
        generator = random.Random(case)
        module = fill(torch.nn.BatchNorm2d(5), generator, 1.0)
        module.running_mean.copy_(uniform(generator, 5))
        module.running_var.copy_((uniform(generator, 5).abs() + 0.5).float())
        module.train(case.endswith("training"))
        for name in ("running_mean", "running_var"):
            tensors[f"{case}/before/{name}"] = getattr(module, name).clone()
        put(tensors, case, module, generator, (3, 4, 3, 5))
        for name in ("running_mean", "running_var"):
            tensors[f"{case}/after/{name}"] = getattr(module, name)
    for version in ("1.0", "1.1"):
        case, generator = f"squeezenet-{version}", random.Random(f"squeezenet {version}")
        network, picture = SqueezeNet(version), uniform(generator, 1, 39, 36, 3)
        tensors[f"{case}/input"] = picture
        picture.requires_grad_()
        features, scores = network(first(picture))
        results = {"features": last(features), "scores": scores}
        loss = 0
        for name, result in results.items():
            cotangent = uniform(generator, *result.shape, bound=0.5)
            tensors[f"{case}/{name}"], tensors[f"{case}/cotangent/{name}"] = result, cotangent
            loss = loss + (result * cotangent).sum()
        loss.backward()
        tensors[f"{case}/gradient/input"] = picture.grad
        # Of the parameters the small ones, in the order of the layers.
        for number, parameter in enumerate(network.parameters()):
            if parameter.numel() <= 256:
                tensors[f"{case}/gradient/{number}"] = parameter.grad
    return tensors, {"contents": "torch.nn layers of pictures, channels last", "batch-norm.momentum": "0.1"}
