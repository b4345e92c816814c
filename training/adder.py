"""Train the adder: an asynchronous neural cellular automaton that adds two numbers of up to 7 digits.

One cell per digit of the sum, least significant first, each with a state of 32 numbers, zero at first. An update
gives one cell a new state, made by the two of six experts that a gate chooses from what the cell sees: the states of
both neighbours, its own, and its two digits. In a round every cell is updated once, in an order drawn anew ("random
new sweep"). Each cell's digit of the sum is the largest of ten linear functions of its last state.

Nothing says where a carry goes or that there is one. Training begins with numbers of one digit. The number of rounds
is drawn for every batch and the last round is to change nothing: a sum once found stays, and cells that are done need
no more updates.

Sources: neural cellular automata, Mordvintsev et al. 2020 (doi 10.23915/distill.00023); orders of asynchronous
updates, Schönfisch and de Roos 1999 (doi 10.1016/S0303-2647(99)00025-8); experts behind a sparse gate, and the loss
that keeps all of them in use, arXiv 1701.06538.
"""
import argparse
import copy
import json
import struct
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

import adder_pairs

DIGITS = 7
WIDTH = 32
EXPERTS, HIDDEN, TOP = 6, 32, 2

# Digits of the longest number, batches, learning rate at the stage's begin and end.
STAGES = ((1, 500, 3e-3, 3e-3), (2, 600, 3e-3, 2e-3), (4, 600, 2e-3, 1e-3), (7, 1800, 1e-3, 1e-5))
BATCH = 256
# The hardest pairs of every batch come again: so many of each, of the last so many, so many beside each new batch.
HARDEST, POOL, AGAIN = 4, 512, 64
# Standard deviation of the noise on every new state in training: what is said has to be said clearly.
NOISE = 0.1
# Weights of the two losses beside the digits': experts chosen alike often, and states that come to rest.
BALANCE, REST = 0.01, 0.05


class Adder(nn.Module):
    def __init__(self):
        super().__init__()
        self.digit = nn.Parameter(torch.randn(10, WIDTH) * 0.5)
        self.gate = nn.Parameter(torch.randn(3 * WIDTH, EXPERTS) * 0.1)
        self.gate_bias = nn.Parameter(torch.zeros(EXPERTS))
        self.inner = nn.Parameter(torch.randn(3 * WIDTH, EXPERTS, HIDDEN) * (2 / (3 * WIDTH)) ** 0.5)
        self.inner_bias = nn.Parameter(torch.zeros(EXPERTS, HIDDEN))
        self.outer = nn.Parameter(torch.randn(EXPERTS, HIDDEN, WIDTH) * HIDDEN**-0.5)
        self.outer_bias = nn.Parameter(torch.zeros(EXPERTS, WIDTH))
        self.output = nn.Parameter(torch.randn(WIDTH, 10) * WIDTH**-0.5)
        self.output_bias = nn.Parameter(torch.zeros(10))

    def update(self, below, own, above, digits):
        """States [batch, WIDTH] of a cell, its neighbours and its digits → its new state, and the gate's weights."""
        seen = torch.cat([below, own + digits, above], dim=-1)
        scores = seen @ self.gate + self.gate_bias
        best, chosen = scores.topk(TOP)
        weights = torch.zeros_like(scores).scatter(-1, chosen, best.softmax(-1))
        inner = F.relu(seen @ self.inner.flatten(1) + self.inner_bias.flatten())
        inner = inner.view(-1, EXPERTS, HIDDEN) * weights[..., None]
        new = inner.flatten(1) @ self.outer.flatten(0, 1) + weights @ self.outer_bias
        new = torch.tanh(new)
        if self.training:
            new = new + NOISE * torch.randn_like(new)
        return new, scores.softmax(-1)

    def forward(self, first, second, orders):
        """Digits [batch, cells] of both numbers, orders [rounds, cells] → scores of the sum's digits; how often each
        expert was chosen; how much the states changed after the first round."""
        batch, cells = first.shape
        digits = (self.digit[first] + self.digit[second]).unbind(1)
        nothing = self.digit.new_zeros(batch, WIDTH)
        states = [nothing] * (cells + 2)  # one beyond either end
        gates, rounds = [], []
        for order in orders.tolist():
            for cell in order:
                states[cell + 1], gate = self.update(states[cell], states[cell + 1], states[cell + 2], digits[cell])
                gates.append(gate)
            rounds.append(torch.stack(states[1:-1], dim=1))
        rounds = torch.stack(rounds)
        changes = (rounds[1:] - rounds[:-1]).square().mean((1, 2, 3)).sum()
        return rounds[-1] @ self.output + self.output_bias, torch.stack(gates).mean((0, 1)), changes


def random_orders(choose, cells: int, rounds: int):
    return torch.from_numpy(choose.permuted(numpy.tile(numpy.arange(cells), (rounds, 1)), axis=1))


def train(adder, seed: int):
    choose = numpy.random.default_rng(seed)
    optimizer = torch.optim.AdamW(adder.parameters(), weight_decay=0.0, betas=(0.9, 0.99))
    begun = time.time()
    for length, steps, rate, last_rate in STAGES:
        cells = length + 1
        hard = torch.empty(3, 0, cells, dtype=torch.long)
        right = losses = changed = 0.0
        for step in range(steps):
            for group in optimizer.param_groups:
                group["lr"] = rate * (last_rate / rate) ** (step / steps)
            fresh = torch.from_numpy(numpy.stack(adder_pairs.pairs(choose, BATCH, length)))
            again = torch.from_numpy(choose.permutation(hard.shape[1])[:AGAIN])
            pairs = torch.cat([fresh, hard[:, again]], dim=1)
            first, second, sums = pairs
            scores, gates, changes = adder(first, second, random_orders(choose, cells, choose.integers(cells, cells + 3)))
            each = F.cross_entropy(scores.transpose(1, 2), sums, reduction="none").mean(-1)
            # The squares of how often each expert is chosen are smallest when all are chosen alike.
            balance = EXPERTS * gates.square().sum()
            optimizer.zero_grad()
            (each.mean() + BALANCE * balance + REST * changes).backward()
            nn.utils.clip_grad_norm_(adder.parameters(), 1.0)
            optimizer.step()
            hard = torch.cat([hard, pairs[:, each.topk(HARDEST).indices]], dim=1)[:, -POOL:]
            right += (scores.argmax(-1) == sums).all(-1)[:BATCH].float().mean().item() / 100
            losses += each[:BATCH].mean().item() / 100
            changed += changes.item() / 100
            if (step + 1) % 100 == 0:
                seconds = time.time() - begun
                print(f"{length} digits, batch {step + 1}: loss {losses:.5f}, changes {changed:.5f}, right {right:.4f}, "
                      f"{seconds:.0f} s", flush=True)
                right = losses = changed = 0.0


@torch.no_grad()
def measure(adder, count: int, rounds: int, seed: int):
    """Share of held-out pairs that come out right in a single run."""
    choose = numpy.random.default_rng(seed)
    pairs = adder_pairs.pairs(choose, count, DIGITS, held_out=True)
    right = 0
    for part in range(0, count, 500):
        first, second, sums = (torch.from_numpy(digits[part : part + 500]) for digits in pairs)
        scores, _, _ = adder(first, second, random_orders(choose, DIGITS + 1, rounds))
        right += (scores.argmax(-1) == sums).all(-1).sum().item()
    return right / count


def save(adder, path: Path):
    """A safetensors file: length of the header, header, values; everything little-endian."""
    header = {"__metadata__": {"name": "graffiti-adder", "license": "MIT", "made_by": "training/adder.py"}}
    values = b""
    for name, tensor in adder.state_dict().items():
        begin = len(values)
        values += tensor.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [begin, len(values)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + values)


@torch.no_grad()
def reference(adder, seed: int):
    """What other implementations have to compute: scores in double precision, of whole runs and of a few updates."""
    choose = numpy.random.default_rng(seed)
    adder = copy.deepcopy(adder).double()
    cases = []
    sums = ((9999999, 1, 10), (17, 25, 10), (1234567, 8765432, 9), (0, 0, 1), (4805, 95195, 1), (99, 1, 2))
    for first, second, rounds in sums:
        digits = [adder_pairs.digits_of(numpy.array([number]), DIGITS + 1) for number in (first, second)]
        order = random_orders(choose, DIGITS + 1, rounds)
        scores, _, _ = adder(*map(torch.from_numpy, digits), order)
        cases.append({"first": first, "second": second, "order": order.flatten().tolist(),
                      "scores": scores.flatten().tolist()})
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("models/graffiti-adder.safetensors"))
    parser.add_argument("--reference", type=Path, help="write scores in double precision here, for a test")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    adder = Adder()
    print(f"{sum(parameter.numel() for parameter in adder.parameters())} parameters", flush=True)
    train(adder, arguments.seed)
    adder.eval()
    for rounds in (8, 10, 12, 16, 32):
        right = measure(adder, 10_000, rounds, seed=2)
        print(f"{rounds} rounds: {right:.4f} of 10,000 held-out pairs right", flush=True)
    save(adder, arguments.out)
    if arguments.reference:
        arguments.reference.write_text(json.dumps(reference(adder, seed=3)) + "\n")


if __name__ == "__main__":
    main()
