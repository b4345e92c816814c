"""The public corpora as conversations, and the fixed 2 % of each that is never trained on.

The file soda-small-talk.txt.xz is evaluation only: it has a loader, but no entry in TRAINING_CORPORA.
"""
import hashlib
import json
import lzma
from pathlib import Path

from chat_format import Document, Turn

HELD_OUT_ONE_IN = 50


def is_held_out(text: str) -> bool:
    """True for 1 text in 50: the first eight bytes of its SHA-256, read as a number, divide by 50."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") % HELD_OUT_ONE_IN == 0


def _alternate(texts):
    """Two speakers in turn: the first is the user. Empty turns are dropped before the roles are given."""
    texts = [" ".join(text.split()) for text in texts]
    return [Turn("user" if index % 2 == 0 else "assistant", text) for index, text in enumerate(filter(None, texts))]


def _chats(path):
    """JSON lines with `turns`; when the second speaker's persona is known it becomes the system turn."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            turns = _alternate(record["turns"])
            if record.get("persona2"):
                turns.insert(0, Turn("system", " ".join(record["persona2"])))
            if len(turns) >= 2:
                yield Document(tuple(turns))


def _stories(path):
    """Plain text with blank lines between paragraphs; each run of paragraphs becomes the answer to a request."""
    requests = ("tell me a story", "Tell me a story.", "can you tell me a story?", "i want to hear a story")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        paragraphs = [" ".join(part.split()) for part in file.read().split("\n\n")]
    story = []
    for paragraph in filter(None, paragraphs):
        opens_a_story = paragraph.startswith(("once upon a time", "one day"))
        if story and (opens_a_story or sum(map(len, story)) > 1200):
            request = requests[len(story[0]) % len(requests)]
            yield Document((Turn("user", request), Turn("assistant", " ".join(story))))
            story = []
        story.append(paragraph)


def _soda(path):
    """Blocks of `User:` / `Bot:` lines; consecutive exchanges of one block are one conversation."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        blocks = file.read().replace("<|endoftext|>", "").split("\n\n")
    for block in blocks:
        texts = [line.split(":", 1)[1] for line in block.splitlines() if line.startswith(("User:", "Bot:"))]
        turns = _alternate(texts)
        if len(turns) >= 2:
            yield Document(tuple(turns))


TRAINING_CORPORA = {
    "self-dialogue": (_chats, "self-dialogue.jsonl.xz"),
    "schema-guided-dialogue": (_chats, "schema-guided-dialogue.jsonl.xz"),
    "topical-chat": (_chats, "topical-chat.jsonl.xz"),
    "synthetic-persona-chat": (_chats, "synthetic-persona-chat.jsonl.xz"),
    "taskmaster-4": (_chats, "taskmaster-4.jsonl.xz"),
    "gpteacher-roleplay": (_chats, "gpteacher-roleplay.jsonl.xz"),
    "tinystories-lower": (_stories, "tinystories-lower.txt.xz"),
}
EVALUATION_CORPORA = {"soda-small-talk": (_soda, "soda-small-talk.txt.xz")}


def split(document: Document) -> str:
    text = "\n".join(turn.text for turn in document.turns)
    return "held-out" if is_held_out(text) else "training"


def load(name: str, data: Path, wanted: str):
    """The documents of one corpus that belong to the split `wanted` ("training" or "held-out")."""
    if name in EVALUATION_CORPORA:
        if wanted == "training":
            raise ValueError(f"{name} is for evaluation only")
        read, file = EVALUATION_CORPORA[name]
        return list(read(data / "corpora" / file))
    read, file = TRAINING_CORPORA[name]
    return [document for document in read(data / "corpora" / file) if split(document) == wanted]
