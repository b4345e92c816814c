"""The one place that says what a conversation looks like to the cortex.

    <s><|system|>text<|end|><|user|>text<|end|><|memory|>note<|end|><|assistant|>reply<|end|>

No newlines and no spaces stand between turns. `<|end|>` closes every turn, so it is also the token at which
sampling stops. The markers are control tokens: no text a user types can ever be tokenized into one.
"""
from dataclasses import dataclass
from typing import Optional

ROLES = ("system", "user", "assistant", "memory")

UNKNOWN, BEGIN, END, PAD = "<unk>", "<s>", "<|end|>", "<pad>"
ROLE_MARKERS = tuple(f"<|{role}|>" for role in ROLES)

# Fixed ids, in the order in which sentencepiece is told about them.
UNKNOWN_ID, BEGIN_ID, END_ID, PAD_ID = 0, 1, 2, 3
ROLE_IDS = {role: 4 + index for index, role in enumerate(ROLES)}

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{% if message['role'] not in ['system', 'user', 'assistant', 'memory'] %}"
    "{{ raise_exception('Unknown role: ' + message['role']) }}"
    "{% endif %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass(frozen=True)
class Turn:
    """`answers`: of a note in training, whether it answers the question before it, where that is to be learned."""

    role: str
    text: str
    answers: Optional[bool] = None


@dataclass(frozen=True)
class Document:
    """A conversation. `trained_roles` are those whose words count in the loss.

    A trained token counts `weight` times, the first word of a turn `first_weight` times.
    """

    turns: tuple
    trained_roles: frozenset = frozenset(ROLES)
    weight: int = 1
    first_weight: int = 1

    @property
    def bytes(self) -> int:
        return sum(len(turn.text.encode("utf-8")) for turn in self.turns)


def render(turns, add_generation_prompt=False) -> str:
    """The conversation as text, exactly as CHAT_TEMPLATE writes it."""
    text = BEGIN + "".join(f"<|{turn.role}|>{turn.text}{END}" for turn in turns)
    return text + "<|assistant|>" if add_generation_prompt else text


def encode_turn(tokenizer, turn):
    return [ROLE_IDS[turn.role], *tokenizer.encode(turn.text), END_ID]


def encode(tokenizer, turns, add_generation_prompt=False):
    """Token ids of `render(turns)`; `tokenizer` is a sentencepiece processor."""
    ids = [BEGIN_ID]
    for turn in turns:
        ids += encode_turn(tokenizer, turn)
    return ids + [ROLE_IDS["assistant"]] if add_generation_prompt else ids
