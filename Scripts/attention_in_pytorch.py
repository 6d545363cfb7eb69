"""The translator of `recurrent bench`'s operation attention-train, written for PyTorch as well as it can be.

What does not depend on the step is done once for all steps: the keys, the embeddings, the readout, the output layer and
the cross-entropy. Where nothing is fed back, so are the recurrent layers (nn.GRU and its kin) and attention (batched
products). Otherwise a loop steps a cell (nn.GRUCell and its kin). No mask is applied, since all sequences are equally
long; Recurrent is told their lengths all the same.
"""

import torch
from torch import nn

LAYERS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
CELLS = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


class Attention(nn.Module):
    def __init__(self, kind: str, size: int):
        super().__init__()
        self.kind = kind
        self.memory = nn.Linear(size, size, bias=False) if kind != "dot" else nn.Identity()
        if kind == "additive":
            self.query = nn.Linear(size, size, bias=False)
            self.direction = nn.Parameter(torch.randn(size) / size**0.5)
        self.scale = size**-0.5 if kind == "scaled" else 1.0

    def forward(self, queries, keys, values):
        """queries [batch, steps, size], keys and values [batch, time, size] -> contexts [batch, steps, size]"""
        if self.kind == "additive":
            sums = torch.tanh(keys.unsqueeze(1) + self.query(queries).unsqueeze(2))
            scores = sums @ self.direction
        else:
            scores = queries @ keys.transpose(1, 2)
            if self.scale != 1.0:
                scores = scores * self.scale
        return scores.softmax(-1) @ values


class Translator(nn.Module):
    def __init__(self, case: dict):
        super().__init__()
        hidden, features, vocabulary = case["hidden"], case["embedding"], case["vocabulary"]
        self.feeding = case.get("feeding", "context")
        fed = {"nothing": 0, "context": hidden, "readout": features}[self.feeding]
        self.is_lstm = case["cell"] == "lstm"
        self.source = nn.Embedding(vocabulary, features)
        self.target = nn.Embedding(vocabulary, features)
        self.encoder = LAYERS[case["cell"]](features, hidden // 2, case["layers"], bidirectional=True)
        self.bridge = nn.ModuleList(nn.Linear(hidden, hidden) for _ in range(2 if self.is_lstm else 1))
        if self.feeding == "nothing":
            self.decoder = LAYERS[case["cell"]](features, hidden)
        else:
            self.decoder = CELLS[case["cell"]](features + fed, hidden)
        self.attention = Attention(case.get("attention", "additive"), hidden)
        self.readout = nn.Linear(2 * hidden + features, features)
        self.output = nn.Linear(features, vocabulary)

    def forward(self, source, read, targets):
        """all [time, batch]; the mean cross-entropy"""
        memory, last = self.encoder(self.source(source))
        last = last if self.is_lstm else (last,)
        state = [torch.tanh(map(torch.cat((s[-2], s[-1]), 1))) for map, s in zip(self.bridge, last)]
        memory = memory.transpose(0, 1).contiguous()  # [batch, time, hidden]
        keys = self.attention.memory(memory)
        embedded = self.target(read)
        if self.feeding == "nothing":
            start = tuple(s.unsqueeze(0) for s in state)
            outputs, _ = self.decoder(embedded, start if self.is_lstm else start[0])
            contexts = self.attention(outputs.transpose(0, 1), keys, memory).transpose(0, 1)
            readouts = torch.tanh(self.readout(torch.cat((outputs, contexts, embedded), 2)))
        else:
            readouts = self.steps(embedded, state, keys, memory)
        logits = self.output(readouts)
        return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def steps(self, embedded, state, keys, memory):
        outputs, contexts, readouts = [], [], []
        readout = embedded.new_zeros(embedded.shape[1:])
        for x in embedded.unbind(0):
            if self.feeding == "context":
                context = self.attention(state[0].unsqueeze(1), keys, memory).squeeze(1)
                x_in = torch.cat((x, context), 1)
            else:
                x_in = torch.cat((x, readout), 1)
            state = self.decoder(x_in, tuple(state)) if self.is_lstm else (self.decoder(x_in, state[0]),)
            if self.feeding == "readout":
                context = self.attention(state[0].unsqueeze(1), keys, memory).squeeze(1)
                readout = torch.tanh(self.readout(torch.cat((state[0], context, x), 1)))
                readouts.append(readout)
            else:
                outputs.append(state[0])
                contexts.append(context)
        if self.feeding == "readout":
            return torch.stack(readouts)
        return torch.tanh(self.readout(torch.cat((torch.stack(outputs), torch.stack(contexts), embedded), 2)))


def training_step(case: dict):
    """A function that makes one training step: forward, backward, clipping of the norm at 5, one update of Adam."""
    model = Translator(case)
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    batch = [torch.randint(case["vocabulary"], (case["time"], case["batch"])) for _ in range(3)]

    def step():
        optimizer.zero_grad(set_to_none=True)
        model(*batch).backward()
        nn.utils.clip_grad_norm_(parameters, 5)
        optimizer.step()

    return step
