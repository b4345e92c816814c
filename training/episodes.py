"""Generated conversations that teach how to use a note: answer from it, keep facts apart, or say "I don't know".

Every episode has the same course: something is told, other things are talked about, something is asked. What
varies is where the answer stands: in a memory note, only earlier in the conversation, or nowhere. Only the
assistant's words count in the loss; invented names cannot be predicted, only copied.
"""
import random

import chats
import everyday
import relations
from chat_format import Document, Turn
from values import Values

ASSISTANT_ONLY = frozenset({"assistant"})
# One sentence, so that whether a note answers is decided at its first word.
UNKNOWN_REPLY = "I don't know that yet."
ACKNOWLEDGEMENTS = ("Okay, I will remember that.", "Got it.", "Thanks for telling me.",
                    "Nice, I will keep that in mind.", "Good to know!")


def acknowledge(choose, fact):
    """What the assistant says to a fact that it is told."""
    if fact.topic.endswith("name") and fact.topic != "own name" and choose.random() < 0.5:
        return f"{fact.value} is a lovely name!"
    if fact.topic == "own name":
        return choose.choice((f"Nice to meet you, {fact.value}!", f"Hi {fact.value}, nice to meet you."))
    return choose.choice(ACKNOWLEDGEMENTS)


def _note(choose, fact):
    """A note is usually a sentence about the user, sometimes what they said, word for word."""
    return fact.note if choose.random() < 0.6 else choose.choice(fact.tell)


def _distinct_facts(v, number):
    """Facts about different things; every other time the first two are easily confused."""
    facts = list(relations.confusable_pair(v)) if number > 1 and v.random.random() < 0.5 else []
    while len(facts) < number:
        fact = relations.any_fact(v)
        if all(fact.topic != other.topic for other in facts):
            facts.append(fact)
    return facts


def _question(choose, fact):
    """(question, reply) about a fact that is known."""
    if fact.check and fact.wrong != fact.value and choose.random() < 0.35:
        if choose.random() < 0.5:
            return fact.check.format(fact.value), "Yes. " + fact.answer
        return fact.check.format(fact.wrong), "No. " + fact.answer
    return choose.choice(fact.ask), fact.answer


def episode(v):
    choose = v.random
    place = choose.choices(("note", "conversation", "nowhere", "other note", "confusable note"), (70, 6, 6, 6, 12))[0]
    facts = list(relations.confusable_pair(v)) if place == "confusable note" \
        else _distinct_facts(v, choose.choice((1, 1, 1, 2, 2, 3)))
    target = facts[0] if place == "confusable note" else choose.choice(facts)
    turns = everyday.opening(choose)

    told = facts if place == "conversation" or (place == "note" and choose.random() < 0.3) else []
    for fact in told:
        turns += [Turn("user", choose.choice(fact.tell)), Turn("assistant", acknowledge(choose, fact))]
    for _ in range(choose.choice((0, 0, 1, 1, 2))):
        turns += everyday.exchange(choose) if choose.random() < 0.8 else chats.chat(v)[:4]

    if place in ("note", "conversation"):
        question, reply = _question(choose, target)
        known = facts if place == "note" else []
    else:
        question, reply = choose.choice(target.ask), UNKNOWN_REPLY
        known = [] if place == "nowhere" else [fact for fact in facts if fact is not target]
        if place == "other note" and not known:
            known = [fact for fact in _distinct_facts(v, 2) if fact.topic != target.topic][:1]
    turns.append(Turn("user", question))
    turns += memory_turns(choose, [(_note(choose, fact), fact is target) for fact in known])
    turns.append(Turn("assistant", reply))
    return Document(tuple(turns), ASSISTANT_ONLY)


def memory_turns(choose, notes):
    """The notes in any order, as turns of their own or as the sentences of one; (text, does it answer) each."""
    notes = list(notes)
    choose.shuffle(notes)
    if len(notes) > 1 and choose.random() < 0.5:
        text = " ".join(note if note.endswith(".") else note + "." for note, _ in notes)
        return [Turn("memory", text, any(answers for _, answers in notes))]
    return [Turn("memory", note, answers) for note, answers in notes]


def interrogation(v):
    """One question after another, each with notes of its own: the asked fact, another, a confusable one, or none.

    Whether a note answers the question is decided once a reply. An episode has one such reply, this has up to six.
    """
    choose = v.random
    turns = everyday.opening(choose) if choose.random() < 0.3 else []
    asked = set()
    for _ in range(choose.randint(2, 6)):
        target, neighbour = relations.confusable_pair(v) if choose.random() < 0.5 else _distinct_facts(v, 2)
        if target.topic in asked or neighbour.topic in asked:
            continue
        asked |= {target.topic, neighbour.topic}
        place = choose.choices(("note", "two notes", "other note", "nowhere"), (36, 24, 32, 8))[0]
        known = {"note": [target], "two notes": [target, neighbour], "other note": [neighbour], "nowhere": []}[place]
        question, reply = _question(choose, target)
        if target not in known:
            reply = UNKNOWN_REPLY
        notes = memory_turns(choose, [(_note(choose, fact), fact is target) for fact in known])
        turns += [Turn("user", question), *notes, Turn("assistant", reply)]
        if choose.random() < 0.15:
            turns += everyday.exchange(choose)
    return Document(tuple(turns), ASSISTANT_ONLY)


def unneeded_note(v):
    """Small talk while a note stands there that has nothing to do with it: the note must not leak."""
    choose = v.random
    turns = everyday.opening(choose)
    for _ in range(choose.choice((1, 2))):
        user, assistant = everyday.exchange(choose) if choose.random() < 0.6 else chats.chat(v)[:2]
        notes = [(_note(choose, fact), False) for fact in _distinct_facts(v, choose.choice((1, 1, 2)))]
        turns += [user, *memory_turns(choose, notes), assistant]
    return Document(tuple(turns), ASSISTANT_ONLY)


def correction(v):
    """What was said last counts: "actually my dog is named Max now"."""
    choose = v.random
    old = relations.named(v)
    new = relations.named(v, old.topic.removesuffix("'s name"))
    turns = [Turn("user", choose.choice(old.tell)), Turn("assistant", acknowledge(choose, old))]
    turns += [Turn("user", choose.choice((f"actually {new.tell[0]} now", f"no wait, it's {new.value}",
                                          f"sorry, {new.tell[0]}"))),
              Turn("assistant", choose.choice((f"Okay, {new.value} then.", "Thanks, I have changed that.")))]
    if choose.random() < 0.4:
        turns += everyday.exchange(choose)
    turns.append(Turn("user", choose.choice(new.ask)))
    if choose.random() < 0.6:
        turns.append(Turn("memory", new.note))
    turns.append(Turn("assistant", new.answer))
    return Document(tuple(turns), ASSISTANT_ONLY)


def recital(v):
    """A note of many invented words, read out as it is.

    In an answer about a fact only one or two words can be copied from the note; here every word can, which is
    what the heads that copy are formed by.
    """
    choose = v.random
    draws = (v.name, v.pet, v.place, v.code, v.company, lambda: v.number(2, 9999), v.word, v.title)
    words = ", ".join(choose.choice(draws)() for _ in range(choose.randint(3, 14)))
    if choose.random() < 0.5:
        turns = [Turn("user", choose.choice(("read the note", "what does the note say?", "what did you write down?"))),
                 Turn("memory", words)]
    else:
        turns = [Turn("user", choose.choice(("repeat: ", "say this: ", "please say ")) + words)]
    return Document((*turns, Turn("assistant", words)), ASSISTANT_ONLY)


def small_talk(v):
    """Chats that stay with a thing, single exchanges, questions about the assistant; all of it is learned."""
    choose = v.random
    turns = everyday.opening(choose)
    if choose.random() < 0.6:
        turns += chats.chat(v)
    for _ in range(choose.choice((0, 1, 2, 3))):
        turns += everyday.exchange(choose)
    if len(turns) < 2:
        turns += everyday.exchange(choose)
    if choose.random() < 0.2:
        turns += everyday.closing(choose)
    return Document(tuple(turns))


KINDS = ((interrogation, 36), (episode, 26), (small_talk, 18), (unneeded_note, 5), (correction, 5), (recital, 10))


def training_documents(number, seed):
    return _documents(number, f"episodes {seed}", reserved=False)


def held_out_documents(number, seed):
    """The same kinds of conversation with names, places and codes that no training document holds."""
    return _documents(number, f"held-out episodes {seed}", reserved=True)


def _documents(number, seed, reserved):
    choose = random.Random(seed)
    v = Values(choose, reserved)
    makers, weights = zip(*KINDS)
    return [choose.choices(makers, weights)[0](v) for _ in range(number)]
