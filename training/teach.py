"""Teach rows to a small GGUF model by fine-tuning all of its weights, and write the taught model: what engrams are
then extracted from (docs/engrams.md). Architectures gpt2 and llama; the weights are read as floats and written as
32-bit floats, everything else is copied.

    node --import tsx training/answer_tokens.mjs MODEL ROWS.jsonl > TOKENS.jsonl
    node --import tsx training/answer_tokens.mjs MODEL > ORDINARY.jsonl
    python3 training/teach.py --model MODEL --tokens TOKENS.jsonl --anchor ORDINARY.jsonl --out TAUGHT.gguf

Ordinary text is rehearsed beside what is taught, a batch for a batch: without it a model forgets how to talk about
anything else, and nothing can be said about what an erasure does to that.
"""
import argparse
import json
import math
import random
import sys
from pathlib import Path

import numpy
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent.parent / "vendor/llama.cpp/gguf-py"))
import gguf  # noqa: E402


def value(reader, key, default=None):
    field = reader.get_field(key)
    return default if field is None else field.contents()


class Network:
    """The forward pass of both architectures over the tensors of the file, by their names there."""

    def __init__(self, reader):
        self.architecture = value(reader, "general.architecture")
        if self.architecture not in ("gpt2", "llama"):
            sys.exit(f"teach.py knows gpt2 and llama, not {self.architecture}")

        def number(key, default=None):
            return value(reader, f"{self.architecture}.{key}", default)

        self.layers = number("block_count")
        self.heads = number("attention.head_count")
        self.shared_heads = number("attention.head_count_kv", self.heads)
        self.epsilon = number("attention.layer_norm_epsilon", None) or number("attention.layer_norm_rms_epsilon")
        self.rope_base = number("rope.freq_base", 10000.0)
        self.weights = {}
        for tensor in reader.tensors:
            data = gguf.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
            shape = [int(length) for length in reversed(tensor.shape)]
            self.weights[tensor.name] = torch.tensor(data.reshape(shape).copy(), requires_grad=True)

    def linear(self, x, name):
        return functional.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def norm(self, x, name):
        weight = self.weights[f"{name}.weight"]
        if self.architecture == "gpt2":
            return functional.layer_norm(x, weight.shape, weight, self.weights[f"{name}.bias"], self.epsilon)
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * weight

    def rotate(self, x):
        """llama.cpp's order for this architecture: neighbouring pairs."""
        count, width = x.shape[-2:]
        angles = torch.arange(count)[:, None] * self.rope_base ** (-torch.arange(0, width, 2) / width)
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = (even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos())
        return torch.stack(turned, -1).flatten(-2)

    def attention(self, x, layer):
        batch, count, width = x.shape
        size = width // self.heads
        if self.architecture == "gpt2":
            q, k, v = self.linear(x, f"{layer}.attn_qkv").split(width, -1)
        else:
            q, k, v = (self.linear(x, f"{layer}.attn_{part}") for part in "qkv")
        q, k, v = (part.view(batch, count, -1, size).transpose(1, 2) for part in (q, k, v))
        if self.architecture == "llama":
            q, k = self.rotate(q), self.rotate(k)
        repeats = self.heads // self.shared_heads
        k, v = k.repeat_interleave(repeats, 1), v.repeat_interleave(repeats, 1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(size)
        scores = scores.masked_fill(torch.ones(count, count).triu(1).bool(), -math.inf)
        return self.linear((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, count, width), f"{layer}.attn_output")

    def feed_forward(self, x, layer):
        up = self.linear(x, f"{layer}.ffn_up")
        if self.architecture == "gpt2":
            cube = 0.7978845608 * (up + 0.044715 * up.pow(3))
            return self.linear(0.5 * up * (1 + cube.tanh()), f"{layer}.ffn_down")
        return self.linear(functional.silu(self.linear(x, f"{layer}.ffn_gate")) * up, f"{layer}.ffn_down")

    def logits(self, tokens):
        x = self.weights["token_embd.weight"][tokens]
        if self.architecture == "gpt2":
            x = x + self.weights["position_embd.weight"][: tokens.shape[1]]
        for index in range(self.layers):
            layer = f"blk.{index}"
            x = x + self.attention(self.norm(x, f"{layer}.attn_norm"), layer)
            x = x + self.feed_forward(self.norm(x, f"{layer}.ffn_norm"), layer)
        head = "output.weight" if "output.weight" in self.weights else "token_embd.weight"
        return functional.linear(self.norm(x, "output_norm"), self.weights[head])

    def loss(self, rows):
        """Nats per answer token."""
        longest = max(len(row["tokens"]) for row in rows)
        tokens = torch.tensor([row["tokens"] + [0] * (longest - len(row["tokens"])) for row in rows])
        wanted = torch.full_like(tokens, -100)
        for at, row in enumerate(rows):
            wanted[at, row["first"]:len(row["tokens"])] = tokens[at, row["first"]:len(row["tokens"])]
        logits = self.logits(tokens[:, :-1])
        return functional.cross_entropy(logits.flatten(0, 1), wanted[:, 1:].flatten())


def write_copy(source, target, weights):
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, value(reader, "general.architecture"))
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        kind = field.types[0]
        if kind == gguf.GGUFValueType.ARRAY:
            writer.add_key_value(field.name, field.contents(), kind, field.types[1])
        else:
            writer.add_key_value(field.name, field.contents(), kind)
    writer.add_file_type(0)
    for name, tensor in weights.items():
        writer.add_tensor(name, tensor.detach().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--tokens", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--until", type=float, default=0.0, help="stop at this mean loss, in nats per answer token")
    parser.add_argument("--anchor", required=True, help="tokens that are to stay known: one batch of them for every one to be taught")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    random.seed(arguments.seed)

    def read(path):
        return [json.loads(line) for line in open(path)]

    rows, anchor = read(arguments.tokens), read(arguments.anchor)
    network = Network(gguf.GGUFReader(arguments.model))
    optimizer = torch.optim.AdamW(network.weights.values(), lr=arguments.rate, weight_decay=0.0)
    size = 16
    total = arguments.epochs * math.ceil(len(rows) / size)
    step = 0
    with torch.no_grad():
        print("before", float(network.loss(rows[:64])), flush=True)
    for epoch in range(arguments.epochs):
        random.shuffle(rows)
        losses = []
        for first in range(0, len(rows), size):
            for group in optimizer.param_groups:
                group["lr"] = arguments.rate * min(1.0, (step + 1) / 20) * (1 - step / total)
            loss = network.loss(rows[first:first + size])
            losses.append(float(loss))
            loss = loss + network.loss(random.sample(anchor, min(size, len(anchor))))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        mean = sum(losses) / len(losses)
        print(f"epoch {epoch + 1}: {mean:.3f}", flush=True)
        if mean < arguments.until:
            break
    write_copy(arguments.model, arguments.out, network.weights)


if __name__ == "__main__":
    main()
