"""DRAW (Gregor et al. 2015) in PyTorch, with the parameters of Recurrent's DrawNetwork under their own names: for goldens and for timing."""
import torch
from torch import nn


def filters(window: torch.Tensor, size: int, height: int, width: int):
    """Filters down and across, [batch, size, extent] each, and the intensity, [batch, 1, 1]. Equations 19 to 26."""
    across, down, log_variance, log_stride, log_intensity = window.unsqueeze(2).unbind(1)  # [batch, 1] each
    stride = (max(height, width) - 1) / (size - 1) * log_stride.exp() if size > 1 else torch.zeros_like(across)
    offsets = (torch.arange(size, dtype=window.dtype) - (size - 1) / 2) * stride

    def axis(middle: torch.Tensor, extent: int) -> torch.Tensor:
        middles = (extent + 1) / 2 * (middle + 1) - 1 + offsets  # [batch, size]
        distance = torch.arange(extent, dtype=window.dtype) - middles.unsqueeze(2)
        return torch.softmax(-distance**2 / (2 * log_variance.exp().unsqueeze(2)), 2)

    return axis(down, height), axis(across, width), log_intensity.exp().unsqueeze(2)


class Start(nn.Module):
    """What the state of an LSTM begins with."""

    def __init__(self, hidden: int):
        super().__init__()
        self.hidden = nn.Parameter(torch.zeros(1, hidden))
        self.cell = nn.Parameter(torch.zeros(1, hidden))

    def forward(self, batch: int):
        return self.hidden.expand(batch, -1), self.cell.expand(batch, -1)


class Draw(nn.Module):
    """Pictures are [batch, height, width, channels]."""

    def __init__(self, height=28, width=28, channels=1, hidden=256, glimpses=64, latent=100, read=2, write=5, attention=True):
        super().__init__()
        self.shape, self.glimpses, self.sizes, self.attention = (height, width, channels), glimpses, (read, write), attention
        count = height * width * channels
        self.encoder = nn.LSTMCell(2 * (read * read * channels if attention else count) + hidden, hidden)
        self.decoder = nn.LSTMCell(latent, hidden)
        self.encoder_start, self.decoder_start = Start(hidden), Start(hidden)
        self.canvas = nn.Parameter(torch.zeros(height, width, channels))
        self.latent = nn.Linear(hidden, 2 * latent)
        if attention:
            self.read_window, self.write_window = nn.Linear(hidden, 5), nn.Linear(hidden, 5)
        self.write = nn.Linear(hidden, write * write * channels if attention else count)

    def read(self, pictures, missing, state):
        if not self.attention:
            return torch.cat([pictures.flatten(1), missing.flatten(1)], 1)
        down, across, intensity = filters(self.read_window(state), self.sizes[0], *self.shape[:2])

        def patch(x):
            return (intensity * (down @ x[..., 0] @ across.transpose(1, 2))).flatten(1)

        if self.shape[2] == 1:
            return torch.cat([patch(pictures), patch(missing)], 1)
        patches = [torch.einsum("bih,bhwc,bjw->bijc", down, x, across) * intensity.unsqueeze(3) for x in (pictures, missing)]
        return torch.cat([x.flatten(1) for x in patches], 1)

    def paint(self, state):
        patches = self.write(state)
        if not self.attention:
            return patches.view(-1, *self.shape)
        size = self.sizes[1]
        down, across, intensity = filters(self.write_window(state), size, *self.shape[:2])
        if self.shape[2] == 1:
            return (down.transpose(1, 2) @ patches.view(-1, size, size) @ across / intensity).unsqueeze(3)
        patches = patches.view(-1, size, size, self.shape[2])
        return torch.einsum("bih,bijc,bjw->bhwc", down, patches, across) / intensity.unsqueeze(3)

    def forward(self, pictures: torch.Tensor, noise: torch.Tensor):
        """The two parts of the bound, sums over the batch. noise: [glimpses, batch, latent]."""
        batch = pictures.shape[0]
        canvas = self.canvas.expand(batch, *self.shape)
        encoded, decoded = self.encoder_start(batch), self.decoder_start(batch)
        divergence = 0.0
        for time in range(self.glimpses):
            missing = pictures - torch.sigmoid(canvas)
            seen = self.read(pictures, missing, decoded[0])
            encoded = self.encoder(torch.cat([seen, decoded[0]], 1), encoded)
            mean, log_deviation = self.latent(encoded[0]).chunk(2, 1)
            divergence = divergence + (mean**2 + (2 * log_deviation).exp() - 2 * log_deviation - 1).sum() / 2
            decoded = self.decoder(mean + log_deviation.exp() * noise[time], decoded)
            canvas = canvas + self.paint(decoded[0])
        reconstruction = nn.functional.binary_cross_entropy_with_logits(canvas, pictures, reduction="sum")
        return reconstruction, divergence
