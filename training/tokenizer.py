"""Train the tokenizer: sentencepiece BPE with byte fallback, so that every UTF-8 name survives a round trip.

Nothing is normalised, no space is put in front, case is kept, digits stand alone (a number is copied digit by
digit instead of being looked up as a whole).
"""
import argparse
import random
from pathlib import Path

import sentencepiece

import chat_format
import corpora
import episodes

# Sampling weights: everyday chat first, so that its words get whole pieces.
SHARE = {"schema-guided-dialogue": 0.25, "tinystories-lower": 0.5}


def sentences(data: Path, seed: int):
    choose = random.Random(seed)
    for name in corpora.TRAINING_CORPORA:
        for document in corpora.load(name, data, "training"):
            if choose.random() < SHARE.get(name, 1.0):
                yield from (turn.text for turn in document.turns)
    for document in episodes.training_documents(4000, seed):
        yield from (turn.text for turn in document.turns)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path(".cache/training"))
    parser.add_argument("--vocab", type=int, default=4096)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=sentences(arguments.data, arguments.seed),
        model_prefix=str(arguments.out / "tokenizer"),
        model_type="bpe",
        vocab_size=arguments.vocab,
        byte_fallback=True,
        character_coverage=0.9998,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        split_digits=True,
        input_sentence_size=400_000,
        shuffle_input_sentence=False,
        num_threads=2,
        unk_id=chat_format.UNKNOWN_ID, unk_piece=chat_format.UNKNOWN,
        bos_id=chat_format.BEGIN_ID, bos_piece=chat_format.BEGIN,
        eos_id=chat_format.END_ID, eos_piece=chat_format.END,
        pad_id=chat_format.PAD_ID, pad_piece=chat_format.PAD,
        control_symbols=list(chat_format.ROLE_MARKERS),
    )


if __name__ == "__main__":
    main()
