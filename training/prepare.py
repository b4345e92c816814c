"""Tokenize every corpus and the generated episodes, and pack them into rows of 512 tokens.

A conversation longer than a row is cut between turns; every piece starts with `<s>`. Pieces are packed best-fit
into rows; a second array says which piece each token belongs to, so that attention never crosses a border.

Two mixtures are written: `stable` for most of the run, `decay` for the cool-down at the end, in which the
generated conversations and the friendliest corpora weigh more. Held-out pieces are written per corpus.
"""
import argparse
import bisect
import json
import random
from pathlib import Path

import numpy
import sentencepiece

import chat_format
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
}
EPISODES = {"stable": 55_000, "decay": 20_000}


def pieces(tokenizer, document):
    """(ids, trained) pieces of at most ROW tokens. trained[i]: does predicting token i count in the loss?"""
    ids, trained = [chat_format.BEGIN_ID], [False]
    for turn in document.turns:
        turn_ids = chat_format.encode_turn(tokenizer, turn)[: ROW - 1]
        if len(ids) + len(turn_ids) > ROW:
            if len(ids) > 1:
                yield ids, trained
            ids, trained = [chat_format.BEGIN_ID], [False]
        ids += turn_ids
        trained += [turn.role in document.trained_roles] * len(turn_ids)
    if len(ids) > 1:
        yield ids, trained


def pack(items):
    """Best fit: each piece goes into the open row with the least room that still takes it."""
    rows, room = [], []  # room: sorted (free tokens, row index) of the open rows
    for item in items:
        length = len(item[0])
        at = bisect.bisect_left(room, (length, -1))
        if at < len(room):
            free, row = room.pop(at)
        else:
            free, row = ROW, len(rows)
            rows.append([])
        rows[row].append(item)
        if free - length > 16:
            bisect.insort(room, (free - length, row))
        if len(room) > 400:
            room.pop(0)
    return rows


def save(path, rows):
    """tokens uint16, document number within the row uint8 (0 = padding), loss flag bool: each [rows, ROW]."""
    tokens = numpy.full((len(rows), ROW), chat_format.PAD_ID, dtype=numpy.uint16)
    documents = numpy.zeros((len(rows), ROW), dtype=numpy.uint8)
    trained = numpy.zeros((len(rows), ROW), dtype=bool)
    for index, row in enumerate(rows):
        start = 0
        for number, (ids, flags) in enumerate(row, start=1):
            stop = start + len(ids)
            tokens[index, start:stop] = ids
            documents[index, start:stop] = number
            trained[index, start:stop] = flags
            start = stop
    numpy.savez(path, tokens=tokens, documents=documents, trained=trained)


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
            counts[name] = {"documents": len(documents), "tokens": sum(len(ids) for ids, _ in cut)}
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
        save(arguments.out / f"held-out-{name}.npz", pack(cut))
        summary["held_out"][name] = {"documents": len(documents), "tokens": sum(len(ids) for ids, _ in cut)}

    (arguments.out / "data.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
