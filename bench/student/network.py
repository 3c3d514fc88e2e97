"""The student: word embeddings, a few narrow pre-norm transformer layers, weighted mean, a map to the teacher's space.

Layers start as the identity, so training goes on from the static model. No positions are learned: of what a layer's
feed-forward part sees, a quarter is the token's left neighbour's and a quarter its right one's, which tells it the
order that matters, at any length and for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as nnf
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Shape:
    """``inner``: width between the two matrices of a feed-forward part; ``dim``: width of the teacher's vectors."""

    vocabulary: int
    width: int = 256
    layers: int = 3
    heads: int = 4
    inner: int = 768
    dim: int = 384


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, shape.inner), nn.Linear(shape.inner, width)
        for last in (self.out, self.narrow):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, state: Tensor, mask: Tensor | None, real: Tensor) -> Tensor:
        batch, length, width = state.shape
        parts = self.qkv(self.first(state)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        # By hand: on a CPU this trains 2.4 times faster than scaled_dot_product_attention.
        scores = (q * (width // self.heads) ** -0.5) @ k.transpose(-1, -2)
        seen = (scores if mask is None else scores + mask).softmax(dim=-1) @ v
        state = state + self.out(seen.transpose(1, 2).reshape(batch, length, width))
        own, quarter = self.second(state) * real, width // 4
        near = torch.empty_like(own)
        near[:, :, : 2 * quarter] = own[:, :, : 2 * quarter]
        near[:, 1:, 2 * quarter : 3 * quarter] = own[:, :-1, 2 * quarter : 3 * quarter]
        near[:, 0, 2 * quarter : 3 * quarter] = 0
        near[:, :-1, 3 * quarter :] = own[:, 1:, 3 * quarter :]
        near[:, -1, 3 * quarter :] = 0
        return state + self.narrow(nnf.gelu(self.wide(near)))


class Student(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width, sparse=True)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.weight = nn.Linear(shape.width, 1)
        self.head = nn.Linear(shape.width, shape.dim)
        nn.init.zeros_(self.weight.weight)
        nn.init.zeros_(self.weight.bias)

    def forward(self, ids: Tensor, lengths: Tensor, depth: int | None = None) -> Tensor:
        """Padded ``ids`` (texts, tokens) → unit rows (texts, dim), float32; ``depth`` 0 is the static model."""
        real = torch.arange(ids.shape[1])[None] < lengths[:, None]
        state = self.words(ids)
        if torch.is_autocast_enabled("cpu"):
            state = state.bfloat16()
        hidden = torch.zeros(real.shape, dtype=state.dtype).masked_fill(~real, -1e4)
        mask = None if bool(real.all()) else hidden[:, None, None, :]
        for layer in self.layers[:depth]:
            state = layer(state, mask, real[:, :, None].to(state.dtype))
        share = self.weight(state).squeeze(-1).float().masked_fill(~real, -torch.inf).softmax(dim=-1)
        pooled = (share.unsqueeze(1) @ state.float()).squeeze(1)
        return nnf.normalize(self.head(pooled).float(), dim=-1)
