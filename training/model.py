"""The cortex: a decoder of the "llama" architecture, written so that its weights map one to one onto llama.cpp's.

RMSNorm before each block, grouped-query attention with rotary positions, SwiGLU, no biases, and the embedding
table reused as the output matrix. Rotary pairs are neighbours (dimensions 0,1 then 2,3 …), which is what
llama.cpp's llama graph expects, so nothing is permuted at conversion.

Sources: RMSNorm arXiv 1910.07467, RoPE arXiv 2104.09864, SwiGLU arXiv 2002.05202, GQA arXiv 2305.13245.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Shape:
    """Everything that decides the size of the model; the same names as in llama.cpp's metadata where there is one."""

    vocab: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    ffn: int
    context: int = 512
    rope_theta: float = 10000.0
    norm_eps: float = 1e-5

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class RMSNorm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        mean_square = torch.linalg.vector_norm(x, dim=-1, keepdim=True).square() / x.shape[-1]
        return x * torch.rsqrt(mean_square + self.eps) * self.weight


class Attention(nn.Module):
    """Causal attention that also stays inside a document (see `attention_windows`)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        kv_width = shape.kv_heads * shape.head_width
        self.q = nn.Parameter(torch.empty(shape.width, shape.width))
        self.k = nn.Parameter(torch.empty(kv_width, shape.width))
        self.v = nn.Parameter(torch.empty(kv_width, shape.width))
        self.output = nn.Parameter(torch.empty(shape.width, shape.width))

    def forward(self, x, rotation, windows):
        batch, length, width = x.shape
        heads, kv_heads, head_width = self.shape.heads, self.shape.kv_heads, self.shape.head_width
        # One matrix product instead of three; the parameters stay apart because Muon treats each matrix by itself.
        qkv = F.linear(x, torch.cat([self.q, self.k, self.v]))
        q, k, v = qkv.split([width, kv_heads * head_width, kv_heads * head_width], dim=-1)
        q = rotate(q.reshape(batch, length, heads, head_width), rotation)
        k = rotate(k.reshape(batch, length, kv_heads, head_width), rotation)
        v = v.reshape(batch, length, kv_heads, head_width).transpose(1, 2)
        # Query head h reads key/value head h // group: fold the group into the rows, so keys are never copied.
        group = heads // kv_heads
        q = q.reshape(batch, length, kv_heads, group, head_width).permute(0, 2, 3, 1, 4) / math.sqrt(head_width)
        k = k.permute(0, 2, 3, 1)
        mixed = []
        for window in windows:
            rows = q[:, :, :, window.start : window.stop].reshape(batch, kv_heads, -1, head_width)
            scores = rows @ k[..., window.first : window.stop]
            scores = scores.view(batch, kv_heads, group, -1, window.stop - window.first) + window.mask[:, None, None]
            weights = scores.softmax(dim=-1).flatten(2, 3)
            part = weights @ v[:, :, window.first : window.stop]
            mixed.append(part.view(batch, heads, -1, head_width))
        mixed = torch.cat(mixed, dim=2)
        return F.linear(mixed.transpose(1, 2).reshape(batch, length, width), self.output)


class FeedForward(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.gate = nn.Parameter(torch.empty(shape.ffn, shape.width))
        self.up = nn.Parameter(torch.empty(shape.ffn, shape.width))
        self.down = nn.Parameter(torch.empty(shape.width, shape.ffn))

    def forward(self, x):
        return F.linear(F.silu(F.linear(x, self.gate)) * F.linear(x, self.up), self.down)


class Block(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.attention_norm = RMSNorm(shape.width, shape.norm_eps)
        self.attention = Attention(shape)
        self.ffn_norm = RMSNorm(shape.width, shape.norm_eps)
        self.ffn = FeedForward(shape)

    def forward(self, x, rotation, windows):
        x = x + self.attention(self.attention_norm(x), rotation, windows)
        return x + self.ffn(self.ffn_norm(x))


class Cortex(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.empty(shape.vocab, shape.width))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = RMSNorm(shape.width, shape.norm_eps)
        # In training only: whether the note a token stands in answers the question, told from a state halfway.
        self.answers = nn.Parameter(torch.empty(shape.width))
        self.register_buffer("rotation", rotation_table(shape), persistent=False)
        self._initialise()

    def _initialise(self):
        """Normal weights with std 1/sqrt(fan in); the matrices that write to the residual stream start smaller."""
        residual_scale = 1.0 / math.sqrt(2 * self.shape.layers)
        for name, parameter in self.named_parameters():
            if name == "answers":
                nn.init.normal_(parameter, std=1.0 / math.sqrt(self.shape.width))
            elif name == "embedding":
                nn.init.normal_(parameter, std=0.02)
            elif parameter.dim() == 2:
                std = 1.0 / math.sqrt(parameter.shape[1])
                writes_residual = name.endswith(("attention.output", "ffn.down"))
                nn.init.normal_(parameter, std=std * residual_scale if writes_residual else std)

    def hidden(self, tokens, documents=None):
        """tokens [batch, length] → normalised last hidden state [batch, length, width]."""
        return self._hidden_states(tokens, documents)[1]

    def _hidden_states(self, tokens, documents):
        """The state halfway, and the normalised last one; each [batch, length, width]."""
        length = tokens.shape[1]
        windows = attention_windows(tokens, documents)
        x = F.embedding(tokens, self.embedding)
        halfway = (self.shape.layers + 1) // 2
        for block in self.blocks[:halfway]:
            x = block(x, self.rotation[:length], windows)
        middle = x
        for block in self.blocks[halfway:]:
            x = block(x, self.rotation[:length], windows)
        return middle, self.output_norm(x)

    def logits(self, tokens, documents=None):
        return F.linear(self.hidden(tokens, documents), self.embedding)

    def loss(self, tokens, targets, weights, answers, documents=None):
        """(sum of weight times cross-entropy over the targets that are not -1, sum of the cross-entropy of `answers`
        where it is not -1), both in nats. Logits are made for the wanted targets only.
        """
        middle, last = self._hidden_states(tokens, documents)
        wanted = targets >= 0
        logits = F.linear(last[wanted], self.embedding)
        loss = F.cross_entropy(logits.float(), targets[wanted], reduction="none") @ weights[wanted]
        marked = answers >= 0
        state = middle[marked].float()
        state = state / (state.square().mean(-1, keepdim=True) + self.shape.norm_eps).sqrt()
        answering = F.binary_cross_entropy_with_logits(state @ self.answers, answers[marked].float(), reduction="sum")
        return loss, answering


def rotation_table(shape: Shape):
    """e^{i·position·theta^(-2j/d)} for j < d/2: the angle by which pair j is turned at each position."""
    half = shape.head_width // 2
    frequency = shape.rope_theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.outer(torch.arange(shape.context, dtype=torch.float64), frequency)
    return torch.polar(torch.ones_like(angle), angle).to(torch.complex64)


def rotate(x, rotation):
    """x [batch, length, heads, head_width], turned pair by pair as complex numbers (always in float32)."""
    pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * rotation[:, None]).flatten(-2).to(x.dtype)


@dataclass(frozen=True)
class Window:
    """Queries start … stop look at keys first … stop; mask [batch, queries, keys] is 0, or -inf where they may not."""

    start: int
    stop: int
    first: int
    mask: torch.Tensor


def attention_windows(tokens, documents, size=128):
    """The row cut into blocks of queries, each with the keys that any of them may see.

    A position may not look at the future nor at other documents packed into its row. Most documents are far shorter
    than a row, so most of the square of queries and keys is never computed.
    """
    length = tokens.shape[1]
    if documents is None:
        documents = torch.zeros_like(tokens)
    allowed = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
    allowed = allowed & (documents[:, :, None] == documents[:, None, :])
    windows = []
    for start in range(0, length, size):
        stop = min(start + size, length)
        first = int(allowed[:, start].any(dim=0).nonzero()[0])
        part = allowed[:, start:stop, first:stop]
        mask = torch.zeros(part.shape, device=tokens.device).masked_fill(~part, float("-inf"))
        windows.append(Window(start, stop, first, mask))
    return windows
