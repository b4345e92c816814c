"""The weighted mean of two checkpoints: share · one + (1 − share) · other.

Between a model and its continuation the mean keeps most of what each is better at: here the public dialogue of the one
and the comparing of the other (Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv 2109.01903).
"""
import argparse
from pathlib import Path

import torch


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--one", type=Path, required=True, help="its state and config are kept")
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--share", type=float, required=True, help="of the first, 0 to 1")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    one, other = (torch.load(path, map_location="cpu") for path in (arguments.one, arguments.other))
    one["model"] = {name: arguments.share * weight + (1 - arguments.share) * other["model"].get(name, weight)
                    for name, weight in one["model"].items()}
    torch.save(one, arguments.out)


if __name__ == "__main__":
    main()
