"""Packed rows on disk → batches, in an order that depends on the seed alone."""
import numpy
import torch


class Rows:
    def __init__(self, path):
        with numpy.load(path) as arrays:
            self.tokens, self.documents = arrays["tokens"], arrays["documents"]
            self.weights, self.answers = arrays["weights"], arrays["answers"]

    def __len__(self):
        return len(self.tokens)

    def batch(self, indices):
        """(tokens, targets, weights, answers, documents), each [rows, length].

        The target of a position is the next token of the same document, if that token counts in the loss, and -1
        where nothing is to be learned; its weight says how much it counts. What `answers` says of a note's tokens is in prepare.py.
        """
        tokens = torch.from_numpy(self.tokens[indices].astype(numpy.int64))
        documents = torch.from_numpy(self.documents[indices].astype(numpy.int64))
        following = torch.from_numpy(self.weights[indices].astype(numpy.float32))[:, 1:]
        targets, weights = torch.full_like(tokens, -1), torch.zeros(tokens.shape)
        weights[:, :-1] = torch.where(documents[:, 1:] == documents[:, :-1], following, 0.0)
        targets[:, :-1] = torch.where(weights[:, :-1] > 0, tokens[:, 1:], -1)
        answers = torch.from_numpy(self.answers[indices].astype(numpy.int64))
        return tokens, targets, weights, answers, documents

    def order(self, seed, position, count):
        """Row numbers `position` … `position + count` of an endless sequence of shuffled epochs."""
        indices = []
        while len(indices) < count:
            epoch, offset = divmod(position + len(indices), len(self))
            shuffled = numpy.random.default_rng((seed, epoch)).permutation(len(self))
            indices.extend(shuffled[offset : offset + count - len(indices)])
        return numpy.array(indices)
