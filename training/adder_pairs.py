"""The pairs of numbers the adder learns from, and those that are kept from it.

Uniform numbers almost never carry far: a carry passes a digit only where the two digits make 9. So half of the pairs
are made of such digits.
"""
import hashlib

import numpy

HELD_OUT_ONE_IN = 50


def is_held_out(first: int, second: int) -> bool:
    """True for 1 pair in 50, by the hash of `corpora.py` over "smaller+larger"; and for 99+1, 999+4, … 9999999+9."""
    smaller, larger = sorted((first, second))
    if smaller <= 9 and larger > 9 and set(str(larger)) == {"9"}:
        return True
    digest = hashlib.sha256(f"{smaller}+{larger}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % HELD_OUT_ONE_IN == 0


def random_digits(choose, count: int, length: int):
    """Two arrays [count, length] of digits, least significant first: pairs of numbers of up to `length` digits."""
    digits = choose.integers(0, 10, (2, count, length))
    # Half of the pairs: at most places the second digit brings the first to 9, so that a carry passes.
    passes = choose.random((count, length)) < choose.choice([0.0, 0.75, 0.95], (count, 1), p=[0.5, 0.25, 0.25])
    digits[1] = numpy.where(passes, 9 - digits[0], digits[1])
    # Each number ends somewhere.
    ends = choose.integers(1, length + 1, (2, count, 1))
    both = choose.random((count, 1)) < 0.5
    ends[1] = numpy.where(both, ends[0], ends[1])
    digits[numpy.arange(length) >= ends] = 0
    return digits


def pairs(choose, count: int, length: int, held_out=False):
    """`count` pairs of the wanted split: arrays [count, length + 1] of digits of both numbers and of their sum."""
    kept = [[], []]
    powers = 10 ** numpy.arange(length)
    while sum(map(len, kept[0])) < count:
        digits = random_digits(choose, count, length)
        values = (digits * powers).sum(-1)
        wanted = numpy.array([is_held_out(a, b) == held_out for a, b in values.T.tolist()])
        for part, numbers in zip(kept, values):
            part.append(numbers[wanted])
    first, second = (numpy.concatenate(part)[:count] for part in kept)
    return tuple(digits_of(numbers, length + 1) for numbers in (first, second, first + second))


def digits_of(numbers, length: int):
    """[count] numbers → [count, length] digits, least significant first."""
    return numbers[:, None] // 10 ** numpy.arange(length) % 10
