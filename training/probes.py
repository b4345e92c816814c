"""Questions with a checkable answer, built from values that training never saw (see values.py).

One probe: a conversation that ends before the reply, a text the reply must hold, and texts it must not hold.
"""
import random
from dataclasses import dataclass

import everyday
import relations
from chat_format import Turn
from values import Values

UNKNOWN = "don't know"


@dataclass(frozen=True)
class Probe:
    kind: str
    turns: tuple
    expect: str
    forbid: tuple = ()

    def passed_by(self, reply: str) -> bool:
        reply = reply.lower()
        return self.expect.lower() in reply and not any(text.lower() in reply for text in self.forbid)


def _two_facts(v):
    first = relations.any_fact(v)
    while True:
        second = relations.any_fact(v)
        if second.topic != first.topic and second.value.lower() not in first.value.lower():
            return first, second


def _ask(choose, fact, *notes, before=()):
    return (*before, Turn("user", choose.choice(fact.ask)), *(Turn("memory", note) for note in notes))


def _sibling(v, fact, subject):
    """A fact of the same form about another subject: the dog's name when the cat's is asked."""
    while True:
        other = relations.named(v, v.pick([s for s in ("dog", "cat", "sister", "brother", "friend") if s != subject]))
        if other.value.lower() not in fact.value.lower() and fact.value.lower() not in other.value.lower():
            return other


def probes(number, seed=7):
    """`number` probes of each kind."""
    choose = random.Random(f"probes {seed}")
    v = Values(choose, reserved=True)
    found = []
    for _ in range(number):
        fact, other = _two_facts(v)
        found.append(Probe("one note", _ask(choose, fact, fact.note), fact.value))
        found.append(Probe("note in the user's words", _ask(choose, fact, choose.choice(fact.tell)), fact.value))
        notes = [fact.note, other.note]
        choose.shuffle(notes)
        found.append(Probe("two notes", _ask(choose, fact, *notes), fact.value))
        distraction = everyday.exchange(choose) + everyday.exchange(choose)
        told = [Turn("user", fact.tell[0]), Turn("assistant", "Got it.")]
        found.append(Probe("told, two distractions, note", _ask(choose, fact, fact.note, before=told + distraction),
                           fact.value))
        found.append(Probe("told, one distraction, no note", _ask(choose, fact, before=told + distraction[:2]),
                           fact.value))
        subject = v.pick(("dog", "cat", "sister", "brother", "friend"))
        named = relations.named(v, subject)
        sibling = _sibling(v, named, subject)
        notes = [named.note, sibling.note]
        choose.shuffle(notes)
        found.append(Probe("two names kept apart", _ask(choose, named, *notes), named.value, (sibling.value,)))
        found.append(Probe("unknown: no note", _ask(choose, fact), UNKNOWN))
        found.append(Probe("unknown: note about something else", _ask(choose, fact, other.note), UNKNOWN, (other.value,)))
        found.append(Probe("unknown: note about another's name", _ask(choose, named, sibling.note), UNKNOWN,
                           (sibling.value,)))
        if fact.check and fact.wrong != fact.value:
            yes = (Turn("user", fact.check.format(fact.value)), Turn("memory", fact.note))
            no = (Turn("user", fact.check.format(fact.wrong)), Turn("memory", fact.note))
            found.append(Probe("yes", yes, "yes", ("not that",)))
            found.append(Probe("false premise corrected", no, fact.value, ("yes",)))
        user, _ = everyday.exchange(choose)
        found.append(Probe("small talk, note not leaked", (user, Turn("memory", fact.note)), "", (fact.value,)))
    return found
