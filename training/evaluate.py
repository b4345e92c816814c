"""Figures of a GGUF, measured through llama.cpp: bits per byte on the held-out splits, and note probes.

Bits per byte: -log2 p of everything after `<s>` (words, markers and ends of turns), divided by the UTF-8 bytes of
the turns' texts. Conversations are cut like training rows. The small-talk corpus and every reserved value in the
probes are unknown to training.
"""
import argparse
import json
import math
from collections import defaultdict
from pathlib import Path

import sentencepiece

import corpora
import episodes
from chat_format import END_ID, encode
from gguf_file import GgufFile
from prepare import pieces
from probes import probes


def bits_per_byte(model, tokenizer, documents):
    cut = [ids for document in documents for ids, *_ in pieces(tokenizer, document)]
    nats = sum(sum(scores) for scores in model.score(cut))
    texts = sum(document.bytes for document in documents)
    tokens = sum(len(ids) - 1 for ids in cut)
    return {"documents": len(documents), "bits_per_byte": round(nats / math.log(2) / texts, 4),
            "perplexity_per_token": round(math.exp(nats / tokens), 3)}


def replies(model, tokenizer, conversations, limit=60):
    """Greedy replies, and how many of them ended by themselves."""
    prompts = [encode(tokenizer, turns, add_generation_prompt=True) for turns in conversations]
    ids = model.greedy(prompts, limit)
    ended = sum(bool(reply) and reply[-1] == END_ID for reply in ids)
    return [tokenizer.decode([token for token in reply if token != END_ID]) for reply in ids], ended


def note_probes(model, tokenizer, number):
    asked = probes(number)
    answers, ended = replies(model, tokenizer, [probe.turns for probe in asked])
    passed, total, failures = defaultdict(int), defaultdict(int), defaultdict(list)
    for probe, answer in zip(asked, answers):
        total[probe.kind] += 1
        passed[probe.kind] += probe.passed_by(answer)
        if not probe.passed_by(answer) and len(failures[probe.kind]) < 3:
            failures[probe.kind].append([*(f"{turn.role}: {turn.text}" for turn in probe.turns), f"reply: {answer}"])
    return {
        "passed": {kind: f"{passed[kind]} of {total[kind]}" for kind in total},
        "ended_by_themselves": f"{ended} of {len(asked)}",
        "first_failures": failures,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--probe", type=Path, default=Path(".cache/training/gguf-probe"))
    parser.add_argument("--tokenizer", type=Path, default=Path(".cache/training/tokenizer.model"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--probes", type=int, default=50, help="probes of each kind")
    parser.add_argument("--documents", type=int, help="at most this many documents per corpus (default: all)")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(arguments.tokenizer))
    model = GgufFile(arguments.probe, arguments.model)

    held_out = {name: corpora.load(name, arguments.data, "held-out")
                for name in (*corpora.TRAINING_CORPORA, *corpora.EVALUATION_CORPORA)}
    held_out["generated"] = episodes.held_out_documents(400, seed=1)
    result = {
        "model": arguments.model.name,
        "held_out": {name: bits_per_byte(model, tokenizer, documents[: arguments.documents])
                     for name, documents in held_out.items()},
        "note_probes": note_probes(model, tokenizer, arguments.probes),
    }
    text = json.dumps(result, indent=1, ensure_ascii=False)
    if arguments.out:
        arguments.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
