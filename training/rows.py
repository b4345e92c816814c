"""Packed rows on disk → batches, in an order that depends on the seed alone."""
import numpy
import torch


class Rows:
    def __init__(self, path):
        with numpy.load(path) as arrays:
            self.tokens, self.documents, self.trained = arrays["tokens"], arrays["documents"], arrays["trained"]

    def __len__(self):
        return len(self.tokens)

    def batch(self, indices):
        """(tokens, targets, documents), each [rows, length]; a target is -1 where nothing is to be learned.

        The target of a position is the next token of the same document, if that token counts in the loss.
        """
        tokens = torch.from_numpy(self.tokens[indices].astype(numpy.int64))
        documents = torch.from_numpy(self.documents[indices].astype(numpy.int64))
        trained = torch.from_numpy(self.trained[indices])
        targets = torch.full_like(tokens, -1)
        follows = (documents[:, 1:] == documents[:, :-1]) & trained[:, 1:]
        targets[:, :-1] = torch.where(follows, tokens[:, 1:], -1)
        return tokens, targets, documents

    def order(self, seed, position, count):
        """Row numbers `position` … `position + count` of an endless sequence of shuffled epochs."""
        indices = []
        while len(indices) < count:
            epoch, offset = divmod(position + len(indices), len(self))
            shuffled = numpy.random.default_rng((seed, epoch)).permutation(len(self))
            indices.extend(shuffled[offset : offset + count - len(indices)])
        return numpy.array(indices)
