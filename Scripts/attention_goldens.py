"""The golden file of attention: scores of every kind over padded memories, and decoders that step, for make_goldens.py."""

import random

import torch

import make_goldens as goldens

STEPS, TIME, BATCH, QUERY, MEMORY, SIZE = 3, 5, 4, 6, 7, 9
LENGTHS = [5, 2, 4, 1]
IGNORED = -1


class Attention(torch.nn.Module):
    """Parameters are named as in Recurrent."""

    def __init__(self, kind: str, query: int, memory: int):
        super().__init__()
        self.kind = kind
        if kind == "additive":
            self.query = torch.nn.Linear(query, SIZE, bias=False)
            self.memory = torch.nn.Linear(memory, SIZE, bias=False)
            self.direction = torch.nn.Parameter(torch.zeros(SIZE))
        elif kind != "dot":
            self.memory = torch.nn.Linear(memory, query, bias=False)

    def forward(self, queries, memory, lengths):
        """queries [steps, batch, query], memory [time, batch, memory] -> context [steps, batch, memory] and weights
        [steps, batch, time]"""
        if self.kind == "additive":
            sums = torch.tanh(self.query(queries).unsqueeze(1) + self.memory(memory).unsqueeze(0))
            scores = (sums @ self.direction).transpose(1, 2)  # [steps, batch, time]
        else:
            keys = memory if self.kind == "dot" else self.memory(memory)
            scores = torch.einsum("sbq,tbq->sbt", queries, keys)
            if self.kind == "scaled":
                scores = scores / queries.shape[2] ** 0.5
        padding = torch.arange(memory.shape[0]) >= torch.tensor(lengths).unsqueeze(1)  # [batch, time]
        weights = scores.masked_fill(padding, -torch.inf).softmax(-1)
        return torch.einsum("sbt,tbm->sbm", weights, memory), weights


class Decoder(torch.nn.Module):
    """AttentionDecoder: a step at a time, whatever is fed."""

    def __init__(self, cell: str, attention: str, feeding: str, tokens=8, features=5, hidden=6, readout=5):
        super().__init__()
        self.feeding, self.readout_size = feeding, readout
        fed = {"nothing": 0, "context": MEMORY, "readout": readout}[feeding]
        self.embedding = torch.nn.Embedding(tokens, features)
        self.rnn = goldens.KINDS[cell](features + fed, hidden)
        self.attention = Attention(attention, hidden, MEMORY)
        self.readout = torch.nn.Linear(hidden + MEMORY + features, readout)
        self.output = torch.nn.Linear(readout, tokens)

    def forward(self, read, state, memory, lengths):
        """read [steps, batch], state a tuple of [1, batch, hidden] -> logits [steps, batch, tokens]"""
        logits, fed = [], memory.new_zeros(read.shape[1], self.readout_size)
        for tokens in read:
            x = self.embedding(tokens)
            context = None
            if self.feeding == "context":
                context = self.attention(state[0], memory, lengths)[0].squeeze(0)
            inputs = {"nothing": [x], "context": [x, context], "readout": [x, fed]}[self.feeding]
            output, state = self.rnn(torch.cat(inputs, 1).unsqueeze(0), state if len(state) > 1 else state[0])
            state = state if isinstance(state, tuple) else (state,)
            if context is None:
                context = self.attention(output, memory, lengths)[0].squeeze(0)
            fed = torch.tanh(self.readout(torch.cat((output.squeeze(0), context, x), 1)))
            logits.append(self.output(fed))
        return torch.stack(logits)


def attention() -> tuple:
    """The file's tensors and metadata."""
    tensors = {}
    for kind in ("additive", "dot", "general", "scaled"):
        generator = random.Random(f"attention {kind}")
        query = MEMORY if kind == "dot" else QUERY
        module = goldens.fill(Attention(kind, query, MEMORY), generator, bound=0.7)
        leaves = {
            "queries": goldens.uniform(generator, STEPS, BATCH, query),
            "memory": goldens.uniform(generator, TIME, BATCH, MEMORY),
        }
        for leaf in leaves.values():
            leaf.requires_grad_(True)
        context, weights = module(leaves["queries"], leaves["memory"], LENGTHS)
        cotangents = {
            "context": goldens.uniform(generator, *context.shape), "weights": goldens.uniform(generator, *weights.shape)}
        ((context * cotangents["context"]).sum() + (weights * cotangents["weights"]).sum()).backward()
        tensors |= {f"{kind}/{name}": leaf for name, leaf in leaves.items()}
        tensors |= {f"{kind}/context": context, f"{kind}/weights": weights}
        tensors |= {f"{kind}/cotangent/{name}": tensor for name, tensor in cotangents.items()}
        tensors[f"{kind}/lengths"] = torch.tensor(LENGTHS)
        goldens.put_parameters(tensors, kind, module)
        goldens.put_gradients(tensors, kind, leaves, module)
    for cell, kind, feeding in (("gru", "additive", "context"), ("lstm", "general", "readout"), ("gru", "scaled", "nothing")):
        put_decoder(tensors, f"decoder-{feeding}", cell, kind, feeding)
    return tensors, {"contents": "attention and decoders with it"}


def put_decoder(tensors: dict, case: str, cell: str, kind: str, feeding: str) -> None:
    generator = random.Random(case)
    module = goldens.fill(Decoder(cell, kind, feeding), generator, bound=0.5)
    leaves = {"memory": goldens.uniform(generator, TIME, BATCH, MEMORY)}
    for name in ("h0", "c0") if cell == "lstm" else ("h0",):
        leaves[name] = goldens.uniform(generator, BATCH, 6)
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    read = torch.tensor([[generator.randrange(8) for _ in range(BATCH)] for _ in range(STEPS)])
    targets = torch.tensor([[generator.randrange(8) for _ in range(BATCH)] for _ in range(STEPS)])
    targets[2, 1] = targets[1:, 3] = IGNORED
    state = tuple(leaves[name].unsqueeze(0) for name in ("h0", "c0") if name in leaves)
    logits = module(read, state, leaves["memory"], LENGTHS)
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, label_smoothing=0.1)
    loss.backward()
    tensors |= {f"{case}/{name}": leaf for name, leaf in leaves.items()}
    tensors |= {f"{case}/read": read, f"{case}/targets": targets, f"{case}/lengths": torch.tensor(LENGTHS)}
    tensors |= {f"{case}/logits": logits, f"{case}/loss": loss.reshape(1)}
    goldens.put_parameters(tensors, case, module)
    goldens.put_gradients(tensors, case, leaves, module)
