"""Sets of short conversations that differ in one thing: which note stands there, or what is asked.

With one fact F, another G, and a question for each, no habit (answer always, abstain always, look at the note alone or
at the question alone) lowers the loss; only comparing the question with the notes does:

    ask F, note F → F      ask F, note G → I don't know      ask F, notes F and G → F      is it F's value? → yes
    ask G, note G → G      ask G, note F → I don't know      ask F, notes G and H → I don't know      is it another? → no

the same with facts that were told earlier instead of noted (`told_set`), and yes or no alone (`premise_set`).

A set stays together in one row of the training data, and the first word of a reply, at which it is decided, weighs more.
"""
import random

import chats
import everyday
import relations
import values
from chat_format import Document, Turn
from episodes import ASSISTANT_ONLY, UNKNOWN_REPLY, acknowledge, memory_turns

# How much a token of these replies weighs in the loss, beside one of a public dialogue; and the first word of a reply.
WEIGHT, DECISION_WEIGHT = 2, 12


def pair(v):
    """Two facts about different things, most often of the same form."""
    kind = v.random.random()
    if kind < 0.35:
        return relations.belonging_pair(v)
    while True:
        first, second = relations.confusable_pair(v) if kind < 0.8 else (relations.any_fact(v), relations.any_fact(v))
        if first.topic != second.topic and not _names_owner(first, second) and not _names_owner(second, first):
            return first, second


def _names_owner(fact, other):
    """"my sister Anna has a dog named Rex" tells the sister's name too."""
    owner, _, thing = fact.topic.partition("'s ")
    return thing == "name" and other.topic.startswith(owner + "'s ")


def contrast_set(v):
    """Five to nine conversations about the same facts."""
    choose = v.random
    target, neighbour = pair(v)
    while True:
        third = relations.any_fact(v)
        if third.topic not in (target.topic, neighbour.topic):
            break
    before = _before(v)
    note = {fact.topic: fact.note if choose.random() < 0.6 else choose.choice(fact.tell)
            for fact in (target, neighbour, third)}
    asked = {fact.topic: choose.choice(fact.ask) for fact in (target, neighbour)}

    def reply(question, text, *facts):
        notes = memory_turns(choose, [(note[fact.topic], text != UNKNOWN_REPLY and fact.answer in text) for fact in facts])
        return Document((*before, Turn("user", question), *notes, Turn("assistant", text)), ASSISTANT_ONLY,
                        WEIGHT, DECISION_WEIGHT)

    documents = [
        reply(asked[target.topic], target.answer, target),
        reply(asked[target.topic], UNKNOWN_REPLY, neighbour),
        reply(asked[neighbour.topic], neighbour.answer, neighbour),
        reply(asked[neighbour.topic], UNKNOWN_REPLY, target),
        reply(asked[target.topic], target.answer, target, *choose.choice(((neighbour,), (third,), (neighbour, third)))),
        reply(asked[target.topic], UNKNOWN_REPLY, *choose.choice(((), (third,), (neighbour, third), (neighbour, third)))),
    ]
    if target.check and target.wrong.lower() != target.value.lower() and choose.random() < 0.8:
        known = (target,) if choose.random() < 0.7 else (target, neighbour)
        documents += [
            reply(target.check.format(target.value), f"Yes. {target.answer}", *known),
            reply(target.check.format(target.wrong), f"No. {target.answer}", *known),
        ]
        if choose.random() < 0.5:
            documents.append(reply(target.check.format(target.value), UNKNOWN_REPLY, neighbour))
    choose.shuffle(documents)
    return documents


def told_set(v):
    """Four to five conversations in which the user told the facts before, with a note about one of them or none."""
    choose = v.random
    target, neighbour = pair(v)
    told = {fact.topic: (Turn("user", choose.choice(fact.tell)), Turn("assistant", acknowledge(choose, fact)))
            for fact in (target, neighbour)}
    asked = {fact.topic: choose.choice(fact.ask) for fact in (target, neighbour)}
    between = everyday.exchange(choose) if choose.random() < 0.6 else ()

    def reply(question, text, *facts, note=None):
        notes = memory_turns(choose, [(note.note, note.answer in text)]) if note else ()
        turns = [turn for fact in facts for turn in told[fact.topic]]
        return Document((*turns, *between, Turn("user", question), *notes, Turn("assistant", text)), ASSISTANT_ONLY,
                        WEIGHT, DECISION_WEIGHT)

    both = choose.choice(((target, neighbour), (neighbour, target)))
    documents = [
        reply(asked[target.topic], target.answer, target),
        reply(asked[target.topic], UNKNOWN_REPLY, neighbour),
        reply(asked[target.topic], target.answer, *both),
        reply(asked[neighbour.topic], neighbour.answer, target, note=neighbour),
    ]
    if choose.random() < 0.5:
        documents.append(reply(asked[neighbour.topic], UNKNOWN_REPLY, target, note=target))
    choose.shuffle(documents)
    return documents


def premise_set(v):
    """Four conversations: each of two values as what is noted and as what is asked about; only equal ones are a yes."""
    choose = v.random
    while True:
        fact = relations.any_fact(v)
        if fact.check and _holds_once(fact, fact.value) and fact.wrong.lower() not in fact.note.lower() \
                and fact.value.lower() not in fact.wrong.lower():
            break
    other = _before(v) if choose.random() < 0.2 else ()
    beside = relations.any_fact(v).note if choose.random() < 0.2 else None

    def reply(noted, asked):
        note, answer = (text.replace(fact.value, noted) for text in (fact.note, fact.answer))
        notes = memory_turns(choose, [(note, True)] + ([(beside, False)] if beside else []))
        text = f"{'Yes' if noted == asked else 'No'}. {answer}"
        return Document((*other, Turn("user", fact.check.format(asked)), *notes, Turn("assistant", text)), ASSISTANT_ONLY,
                        WEIGHT, DECISION_WEIGHT)

    documents = [reply(noted, asked) for noted in (fact.value, fact.wrong) for asked in (fact.value, fact.wrong)]
    choose.shuffle(documents)
    return documents


def _holds_once(fact, value):
    return fact.note.count(value) == 1 and fact.answer.count(value) == 1


def _before(v):
    """What the conversations of a set begin with: mostly nothing."""
    choose = v.random
    kind = choose.random()
    if kind < 0.85:
        return ()
    if kind < 0.94:
        return tuple(everyday.opening(choose))
    return tuple(everyday.exchange(choose) if kind < 0.98 else chats.chat(v)[:2])


_PLAIN_THINGS = (
    "dog cat horse car boat house street school team book song game number hotel bank doctor boss color food drink city "
    "friend sister brother teacher room door train band film phone bike garden table shop bird fish hat ring key"
).split()
_PLAIN_OWNERS = ("sister", "brother", "friend", "boss", "mother", "father", "wife", "son")


def plain_set(v):
    """Six conversations in the plainest words, one wording for each part: where comparing is learned first."""
    choose = v.random

    def owner():
        who = choose.choice(_PLAIN_OWNERS)
        return ("my", "The user's", "Your") if choose.random() < 0.7 \
            else (f"my {who}'s", f"The user's {who}'s", f"Your {who}'s")

    def value():
        return choose.choice((choose.choice(values.NAMES), choose.choice(values.COLORS), v.number(2, 99)))

    (own, noted, replied), thing = owner(), choose.choice(_PLAIN_THINGS)
    kind = choose.random()
    other = (own, noted, replied) if kind < 0.7 else owner()
    other_thing = thing if 0.7 <= kind < 0.9 else choose.choice(_PLAIN_THINGS)
    if (other[0], other_thing) == (own, thing):
        return plain_set(v)
    third = owner(), choose.choice([one for one in _PLAIN_THINGS if one not in (thing, other_thing)])
    facts = []
    for (own, noted, replied), thing in (((own, noted, replied), thing), (other, other_thing), third):
        known = value()
        facts.append((f"what is {own} {thing}?", f"{noted} {thing} is {known}.", f"{replied} {thing} is {known}."))
    documents = []
    for asked, seen in (((0, (0,)), (0, (1,)), (1, (0,)), (1, (1,)), (0, (0, 1)), (2, (0, 1)))):
        question, _, answer = facts[asked]
        notes = memory_turns(choose, [(facts[one][1], one == asked) for one in seen])
        reply = answer if asked in seen else UNKNOWN_REPLY
        documents.append(Document((Turn("user", question), *notes, Turn("assistant", reply)), ASSISTANT_ONLY, WEIGHT,
                                  DECISION_WEIGHT))
    choose.shuffle(documents)
    return documents


def training_sets(make, number, seed):
    choose = random.Random(f"contrast {seed}")
    v = values.Values(choose, reserved=False)
    return [make(v) for _ in range(number)]
