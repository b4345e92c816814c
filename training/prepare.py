"""Tokenize every corpus and the generated episodes, and pack them into rows of 512 tokens.

A conversation longer than a row is cut between turns; every piece starts with `<s>`. Pieces are packed best-fit
into rows, those of a set (see contrast.py) together; a second array says which piece each token belongs to, so that
attention never crosses a border.

Three mixtures are written: `stable` for most of the run, `decay` for the cool-down at its end, in which the
generated conversations and the friendliest corpora weigh more, and `notes` for the continuation, in which sets of
contrasts teach to compare a question with its notes. Held-out pieces are written per corpus.
"""
import argparse
import bisect
import json
import random
from pathlib import Path

import numpy
import sentencepiece

import chat_format
import contrast
import corpora
import episodes

ROW = 512

# Share of each corpus' training documents in one epoch of a mixture.
MIXTURES = {
    "stable": {"self-dialogue": 0.5, "schema-guided-dialogue": 0.02, "topical-chat": 0.9, "synthetic-persona-chat": 0.4,
               "taskmaster-4": 0.3, "gpteacher-roleplay": 0.05, "tinystories-lower": 0.1},
    "decay": {"self-dialogue": 0.2, "schema-guided-dialogue": 0.005, "topical-chat": 0.3,
              "synthetic-persona-chat": 0.15, "taskmaster-4": 0.05, "gpteacher-roleplay": 0.02,
              "tinystories-lower": 0.03},
    "notes": {"self-dialogue": 0.6, "schema-guided-dialogue": 0.04, "topical-chat": 0.9, "synthetic-persona-chat": 0.9,
              "taskmaster-4": 0.4, "gpteacher-roleplay": 0.2, "tinystories-lower": 0.15},
    "notes-decay": {"self-dialogue": 0.3, "schema-guided-dialogue": 0.02, "topical-chat": 0.5,
                    "synthetic-persona-chat": 0.4, "taskmaster-4": 0.2, "gpteacher-roleplay": 0.1,
                    "tinystories-lower": 0.08},
}
EPISODES = {"stable": 55_000, "decay": 20_000, "notes": 24_000, "notes-decay": 12_000}
# Which sets of contrasts, and how many.
CONTRAST_SETS = {"notes": {contrast.contrast_set: 11_000, contrast.plain_set: 2_000, contrast.told_set: 8_000,
                           contrast.premise_set: 9_000},
                 "notes-decay": {contrast.contrast_set: 6_500, contrast.plain_set: 300, contrast.told_set: 6_000,
                                 contrast.premise_set: 6_000}}


def pieces(tokenizer, document):
    """(ids, weights, answers) pieces of at most ROW tokens.

    weights[i]: how much predicting token i counts in the loss; answers[i]: 1 in a note that answers the question, 0
    in one that does not, -1 where nothing is to be learned about it.
    """
    ids, weights, answers = [chat_format.BEGIN_ID], [0], [-1]
    for turn in document.turns:
        turn_ids = chat_format.encode_turn(tokenizer, turn)[: ROW - 1]
        if len(ids) + len(turn_ids) > ROW:
            if len(ids) > 1:
                yield ids, weights, answers
            ids, weights, answers = [chat_format.BEGIN_ID], [0], [-1]
        ids += turn_ids
        turn_weights = [document.weight, document.first_weight, *[document.weight] * len(turn_ids)][: len(turn_ids)]
        weights += turn_weights if turn.role in document.trained_roles else [0] * len(turn_ids)
        answers += [-1 if turn.answers is None else int(turn.answers)] * len(turn_ids)
    if len(ids) > 1:
        yield ids, weights, answers


def pack(items):
    """Best fit: each item, a list of pieces, goes into the open row with the least room that still takes it."""
    rows, room = [], []  # room: sorted (free tokens, row index) of the open rows
    for item in items:
        length = sum(len(ids) for ids, *_ in item)
        at = bisect.bisect_left(room, (length, -1))
        if at < len(room):
            free, row = room.pop(at)
        else:
            free, row = ROW, len(rows)
            rows.append([])
        rows[row] += item
        if free - length > 16:
            bisect.insort(room, (free - length, row))
        if len(room) > 400:
            room.pop(0)
    return rows


def save(path, rows):
    """tokens uint16, document number within the row uint8 (0 = padding), weight in the loss uint8, answers int8: each
    [rows, ROW]."""
    tokens = numpy.full((len(rows), ROW), chat_format.PAD_ID, dtype=numpy.uint16)
    documents = numpy.zeros((len(rows), ROW), dtype=numpy.uint8)
    weights = numpy.zeros((len(rows), ROW), dtype=numpy.uint8)
    answers = numpy.full((len(rows), ROW), -1, dtype=numpy.int8)
    for index, row in enumerate(rows):
        start = 0
        for number, (ids, counts, marks) in enumerate(row, start=1):
            stop = start + len(ids)
            tokens[index, start:stop] = ids
            documents[index, start:stop] = number
            weights[index, start:stop] = counts
            answers[index, start:stop] = marks
            start = stop
    numpy.savez(path, tokens=tokens, documents=documents, weights=weights, answers=answers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path(".cache/training"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=MIXTURES, help="write this mixture alone, and no held-out rows")
    arguments = parser.parse_args()
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(arguments.out / "tokenizer.model"))
    summary = {"mixtures": {}, "held_out": {}}

    training = {name: corpora.load(name, arguments.data, "training") for name in corpora.TRAINING_CORPORA}
    for number, (mixture, shares) in enumerate(MIXTURES.items()):
        if arguments.only not in (None, mixture):
            continue
        choose = random.Random(f"{mixture} {arguments.seed}")
        items, counts = [], {}
        generated = episodes.training_documents(EPISODES[mixture], arguments.seed * 100 + number)
        sources = {name: choose.sample(training[name], int(share * len(training[name]))) for name, share in shares.items()}
        for name, documents in {**sources, "generated": generated}.items():
            cut = [piece for document in documents for piece in pieces(tokenizer, document)]
            counts[name] = {"documents": len(documents), "tokens": sum(len(ids) for ids, *_ in cut)}
            items += [[piece] for piece in cut]
        sets = [one for make, count in CONTRAST_SETS.get(mixture, {}).items()
                for one in contrast.training_sets(make, count, f"{mixture} {arguments.seed}")]
        cut = [[piece for document in one for piece in pieces(tokenizer, document)] for one in sets]
        cut = [one for one in cut if sum(len(ids) for ids, *_ in one) <= ROW]
        counts["contrast"] = {"sets": len(cut), "documents": sum(len(one) for one in cut),
                              "tokens": sum(len(ids) for one in cut for ids, *_ in one)}
        items += cut
        choose.shuffle(items)
        rows = pack(items)
        choose.shuffle(rows)
        save(arguments.out / f"{mixture}.npz", rows)
        summary["mixtures"][mixture] = {"rows": len(rows), "sources": counts}

    if arguments.only:
        print(json.dumps(summary, indent=1))
        return
    held_out = {name: corpora.load(name, arguments.data, "held-out")
                for name in (*corpora.TRAINING_CORPORA, *corpora.EVALUATION_CORPORA)}
    held_out["generated"] = episodes.held_out_documents(400, arguments.seed)
    for name, documents in held_out.items():
        cut = [piece for document in documents for piece in pieces(tokenizer, document)]
        random.Random(arguments.seed).shuffle(cut)
        save(arguments.out / f"held-out-{name}.npz", pack([[piece] for piece in cut]))
        summary["held_out"][name] = {"documents": len(documents), "tokens": sum(len(ids) for ids, *_ in cut)}

    (arguments.out / "data.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
