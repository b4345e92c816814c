"""Check a GGUF against what it was made from: tokenization against sentencepiece, logits and greedy replies
against torch, and the chat template against `chat_format.render`.

Exits with 1 when something differs more than rounding explains.
"""
import argparse
import sys
from pathlib import Path

import jinja2
import sentencepiece
import torch

import corpora
from chat_format import BEGIN, CHAT_TEMPLATE, END_ID, Turn, encode, render
from gguf_file import GgufFile
from model import Cortex, Shape

NAMES = ("Tomás", "José", "Zürich", "İpek", "Łukasz", "Γιώργος", "美咲", "🦊", "hunter2", "  two  spaces ", "a\tb", "x\ny")

# Largest difference of a logit that rounding explains: f32 sums in another order; f16 and q8_0 weights; for q8_0
# llama.cpp also rounds activations.
TOLERANCE = {"f32": 2e-3, "f16": 3e-2, "q8_0": 1.0}


def tokenization_differences(model, tokenizer, documents):
    """Texts whose ids differ; conversations with their markers, single lines, and names hard to spell."""
    conversations = [document.turns for document in documents]
    texts = [render(turns) for turns in conversations]
    expected = [encode(tokenizer, turns) for turns in conversations]
    for text in NAMES:
        turns = (Turn("user", f"my name is {text}"), Turn("memory", text))
        texts.append(render(turns))
        expected.append(encode(tokenizer, turns))
        assert tokenizer.decode(tokenizer.encode(text)) == text, text
    return [text for text, ids, wanted in zip(texts, model.tokenize(texts), expected) if ids != wanted], len(texts)


def template_differences(documents):
    """Conversations that the chat template renders differently from `chat_format.render`."""
    template = jinja2.Environment().from_string(CHAT_TEMPLATE)
    wrong = []
    for document in documents:
        turns = (*document.turns, Turn("memory", "A note."))
        messages = [{"role": turn.role, "content": turn.text} for turn in turns]
        for prompt in (False, True):
            text = template.render(messages=messages, bos_token=BEGIN, add_generation_prompt=prompt)
            if text != render(turns, prompt):
                wrong.append(text)
    return wrong


@torch.no_grad()
def torch_greedy(cortex, ids, limit):
    ids = list(ids)
    reply = []
    while len(reply) < limit and len(ids) < cortex.shape.context:
        reply.append(cortex.logits(torch.tensor([ids]))[0, -1].argmax().item())
        ids.append(reply[-1])
        if reply[-1] == END_ID:
            break
    return reply


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--type", choices=TOLERANCE, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--probe", type=Path, default=Path(".cache/training/gguf-probe"))
    parser.add_argument("--tokenizer", type=Path, default=Path(".cache/training/tokenizer.model"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    saved = torch.load(arguments.checkpoint, map_location="cpu")
    cortex = Cortex(Shape(**saved["config"]["shape"]))
    cortex.load_state_dict(saved["model"])
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(arguments.tokenizer))
    model = GgufFile(arguments.probe, arguments.model)

    documents = corpora.load("self-dialogue", arguments.data, "held-out")[:100]
    documents += corpora.load("soda-small-talk", arguments.data, "held-out")[:150]
    wrong, texts = tokenization_differences(model, tokenizer, documents)
    lines = sum(len(document.turns) for document in documents)
    print(f"tokenization: {len(wrong)} of {texts} conversations ({lines} turns) differ", *wrong[:5], sep="\n  ")

    misrendered = template_differences(documents)
    print(f"chat template: {len(misrendered)} of {2 * len(documents)} renderings differ")

    sequences = [encode(tokenizer, document.turns)[:300] for document in documents[:20]]
    with torch.no_grad():
        expected = [cortex.logits(torch.tensor([ids]))[0, -1] for ids in sequences]
    largest = max((torch.tensor(got) - want).abs().max().item() for got, want in zip(model.logits(sequences), expected))
    print(f"logits: largest difference {largest:.2g} over {len(sequences)} sequences")

    prompts = [encode(tokenizer, document.turns[:1], add_generation_prompt=True) for document in documents[:20]]
    same = sum(got == torch_greedy(cortex, ids, 24) for got, ids in zip(model.greedy(prompts, 24), prompts))
    print(f"greedy replies: {same} of {len(prompts)} equal torch's")
    sys.exit(bool(wrong or misrendered) or largest > TOLERANCE[arguments.type])


if __name__ == "__main__":
    main()
