"""The kinds of fact a user tells, each with every sentence form an episode needs.

A fact is told ("my dog is named Buddy"), noted ("The user's dog is named Buddy."), asked for ("what is my dog's
name?") and answered ("Your dog is named Buddy."). `check` asks yes or no about a value; `topic` says what the
question is about, so that two facts of one episode can be kept apart.
"""
from dataclasses import dataclass

import values


@dataclass(frozen=True)
class Fact:
    topic: str
    value: str
    tell: tuple
    note: str
    ask: tuple
    answer: str
    check: str = ""
    wrong: str = ""


def named(v, subject=None):
    subject = subject or v.pick(values.ANIMALS + values.RELATIVES + ["car", "boat", "band", "street", "school", "team"])
    relative = subject in values.RELATIVES
    value = v.name() if relative else v.pet()
    pronoun = "who is my" if relative else "what do i call my"
    return Fact(
        topic=f"{subject}'s name", value=value,
        tell=(f"my {subject} is named {value}", f"My {subject}'s name is {value}.", f"my {subject} is called {value}",
              f"i have a {subject} named {value}", f"my {subject} is {value}"),
        note=f"The user's {subject} is named {value}.",
        ask=(f"what is my {subject}'s name?", f"What's my {subject}'s name?", f"what is my {subject} called?",
             f"what is my {subject}'s name", f"do you remember my {subject}'s name?", f"{pronoun} {subject}?",
             f"remind me, what is the name of my {subject}?", f"tell me my {subject}'s name",
             f"what did i say my {subject} is called?", f"do you know what my {subject} is called?"),
        answer=f"Your {subject} is named {value}.",
        check=f"is my {subject} named {{}}?", wrong=v.name() if relative else v.pet())


def own_name(v):
    value = v.name()
    return Fact(
        topic="own name", value=value,
        tell=(f"my name is {value}", f"My name is {value}.", f"i'm {value}", f"call me {value}", f"hi, i am {value}"),
        note=f"The user's name is {value}.",
        ask=("what is my name?", "What's my name?", "who am i?", "do you remember my name?", "what is my name",
             "can you tell me my name?", "tell me my name", "what did i say my name was?"),
        answer=f"Your name is {value}.", check="is my name {}?", wrong=v.name())


def age(v):
    value = v.number(5, 95)
    return Fact(
        topic="age", value=value,
        tell=(f"i'm {value}", f"I am {value} years old.", f"i am {value} years old", f"i just turned {value}"),
        note=f"The user is {value} years old.", ask=("how old am i?", "How old am I?", "what is my age?"),
        answer=f"You are {value} years old.", check="am i {} years old?", wrong=v.number(5, 95))


def home(v):
    value = v.place()
    return Fact(
        topic="home", value=value,
        tell=(f"i live in {value}", f"I live in {value}.", f"i moved to {value} last year", f"my home is in {value}"),
        note=f"The user lives in {value}.",
        ask=("where do i live?", "Where do I live?", "which city do i live in?", "do you know where i live?"),
        answer=f"You live in {value}.", check="do i live in {}?", wrong=v.place())


def origin(v):
    value = v.place()
    return Fact(
        topic="origin", value=value,
        tell=(f"i am from {value}", f"I was born in {value}.", f"i come from {value}", f"i grew up in {value}"),
        note=f"The user is from {value}.", ask=("where am i from?", "Where do I come from?", "where was i born?"),
        answer=f"You are from {value}.", check="am i from {}?", wrong=v.place())


def relative_home(v):
    who, value = v.pick(values.RELATIVES), v.place()
    return Fact(
        topic=f"{who}'s home", value=value,
        tell=(f"my {who} lives in {value}", f"My {who} lives in {value}.", f"my {who} moved to {value}"),
        note=f"The user's {who} lives in {value}.",
        ask=(f"where does my {who} live?", f"Where does my {who} live?", f"in which city is my {who}?"),
        answer=f"Your {who} lives in {value}.", check=f"does my {who} live in {{}}?", wrong=v.place())


def workplace(v):
    def draw():
        return v.company() if v.random.random() < 0.6 else v.pick(values.WORKPLACES)
    value = draw()
    return Fact(
        topic="workplace", value=value,
        tell=(f"i work at {value}", f"I work at {value}.", f"i got a job at {value}", f"my job is at {value}"),
        note=f"The user works at {value}.",
        ask=("where do i work?", "Where do I work?", "where is my job?", "do you remember where i work?"),
        answer=f"You work at {value}.", check="do i work at {}?", wrong=draw())


def job(v):
    def draw():
        name = v.pick(values.JOBS)
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    value = draw()
    return Fact(
        topic="job", value=value,
        tell=(f"i'm {value}", f"I am {value}.", f"i work as {value}"),
        note=f"The user is {value}.",
        ask=("what is my job?", "What do I do for a living?", "what do i do for work?", "what do i work as?"),
        answer=f"You are {value}.", check="am i {}?", wrong=draw())


def favourite(v):
    kind, draw = v.pick((
        ("color", lambda: v.pick(values.COLORS)), ("food", lambda: v.pick(values.FOODS)), ("film", v.title),
        ("drink", lambda: v.pick(values.DRINKS)), ("book", v.title), ("song", v.title), ("band", v.company),
        ("movie", v.title), ("season", lambda: v.pick(values.SEASONS)), ("city", v.place),
        ("animal", lambda: v.pick(values.ANIMALS)), ("singer", v.name), ("game", v.title), ("day", lambda: v.pick(values.DAYS))))
    value = draw()
    return Fact(
        topic=f"favorite {kind}", value=value,
        tell=(f"my favorite {kind} is {value}", f"My favorite {kind} is {value}.", f"{value} is my favorite {kind}"),
        note=f"The user's favorite {kind} is {value}.",
        ask=(f"what is my favorite {kind}?", f"What's my favorite {kind}?", f"which {kind} do i like best?",
             f"do you know my favorite {kind}?"),
        answer=f"Your favorite {kind} is {value}.", check=f"is my favorite {kind} {{}}?", wrong=draw())


def hobby(v):
    value = v.pick(values.ACTIVITIES)
    return Fact(
        topic="hobby", value=value,
        tell=(f"i love {value}", f"I like {value}.", f"i enjoy {value} on weekends", f"my hobby is {value}"),
        note=f"The user loves {value}.",
        ask=("what do i love doing?", "What is my hobby?", "what do i like to do?", "what do i enjoy?"),
        answer=f"You love {value}.", check="do i love {}?", wrong=v.pick(values.ACTIVITIES))


def secret(v):
    kind, value = v.pick(("wifi password", "door code", "password", "pin", "room number", "locker number", "flight number",
                          "phone number", "bike lock code", "license plate", "desk number")), v.code()
    return Fact(
        topic=kind, value=value,
        tell=(f"my {kind} is {value}", f"My {kind} is {value}.", f"the {kind} is {value}"),
        note=f"The user's {kind} is {value}.",
        ask=(f"what is my {kind}?", f"What's my {kind}?", f"do you remember my {kind}?", f"what is the {kind}?"),
        answer=f"Your {kind} is {value}.", check=f"is my {kind} {{}}?", wrong=v.code())


def date(v):
    what, value = v.pick(("birthday", "deadline", "appointment", "meeting", "wedding", "exam", "flight", "party",
                          "holiday", "dentist appointment", "checkout", "concert", "train")), v.time()
    return Fact(
        topic=f"{what} date", value=value,
        tell=(f"my {what} is {value}", f"My {what} is {value}.", f"{what} is {value}"),
        note=f"The user's {what} is {value}.",
        ask=(f"when is my {what}?", f"When is my {what}?", f"when is {what}?", f"what day is my {what}?"),
        answer=f"Your {what} is {value}.", check=f"is my {what} {{}}?", wrong=v.time())


def car(v):
    color, make = v.pick(values.COLORS), v.pick(values.CARS)
    value = f"{color} {make}"
    return Fact(
        topic="car", value=value,
        tell=(f"i drive a {value}", f"I drive a {value}.", f"i bought a {value}"),
        note=f"The user drives a {value}.",
        ask=("what car do i drive?", "What do I drive?", "what kind of car do i have?"),
        answer=f"You drive a {value}.", check="do i drive a {}?",
        wrong=f"{v.pick(values.COLORS)} {v.pick(values.CARS)}")


def consumed(v):
    past, base, options = v.pick((
        ("drank", "drink", values.DRINKS), ("ate", "eat", values.FOODS), ("bought", "buy", values.FOODS),
        ("cooked", "cook", values.FOODS), ("saw", "see", values.ANIMALS), ("studied", "study", values.SUBJECTS),
        ("found", "find", values.COLORS), ("taught", "teach", values.SUBJECTS)))
    value, other = v.pick(options), v.pick(options)
    if options in (values.ANIMALS, values.COLORS):
        suffix = " stone" if options is values.COLORS else ""
        value, other = f"a {value}{suffix}", f"a {other}{suffix}"
    when = v.pick((" this morning", " yesterday", " today", " last night", ""))
    return Fact(
        topic=base, value=value,
        tell=(f"i {past} {value}{when}", f"I {past} {value}{when}."),
        note=f"The user {past} {value}{when}.",
        ask=(f"what did i {base}?", f"What did I {base}{when}?", f"do you remember what i {past}?"),
        answer=f"You {past} {value}{when}.", check=f"did i {base} {{}}?", wrong=other)


def count(v):
    thing, verb = v.pick("chairs tables guests tickets cups plates books cookies chickens plants bikes".split()), \
        v.pick(("have", "need", "ordered"))
    value = v.number(2, 400)
    return Fact(
        topic=f"number of {thing}", value=value,
        tell=(f"we {verb} {value} {thing}", f"We {verb} {value} {thing}.", f"i {verb} {value} {thing}"),
        note=f"The user {'needs' if verb == 'need' else 'has' if verb == 'have' else verb} {value} {thing}.",
        ask=(f"how many {thing}?", f"how many {thing} do i {'order' if verb == 'ordered' else verb}?",
             f"How many {thing} was it?"),
        answer=f"You {verb} {value} {thing}.")


def pair(v):
    things, value = v.pick(("cats", "dogs", "kids", "sisters", "brothers", "rabbits", "sons", "daughters")), \
        f"{v.pet()} and {v.pet()}"
    return Fact(
        topic=f"{things}' names", value=value,
        tell=(f"i have two {things}, {value}", f"I have two {things}, {value}.", f"my {things} are named {value}"),
        note=f"The user has two {things}, {value}.",
        ask=(f"what are my {things}' names?", f"what are my {things} called?", f"what are the names of my {things}?"),
        answer=f"Your {things} are named {value}.")


def skill(v):
    kind, options = v.pick((("play", values.INSTRUMENTS), ("study", values.SUBJECTS)))
    value, other = v.pick(options), v.pick(options)
    the = "the " if kind == "play" else ""
    verb = {"play": "plays", "study": "studies"}[kind]
    question = {"play": "what instrument do i play?", "study": "what do i study?"}[kind]
    return Fact(
        topic=kind, value=value,
        tell=(f"i {kind} {the}{value}", f"I {kind} {the}{value}."), note=f"The user {verb} {the}{value}.",
        ask=(question, question.capitalize().replace(" i ", " I "), f"what do i {kind}?"),
        answer=f"You {kind} {the}{value}.", check=f"do i {kind} {the}{{}}?", wrong=other)


def relative_pet(v):
    who, animal, owner, value = v.pick(values.RELATIVES), v.pick(values.ANIMALS), v.name(), v.pet()
    return Fact(
        topic=f"{who}'s {animal}", value=value,
        tell=(f"my {who} has a {animal} named {value}", f"my {who} {owner} has a {animal} named {value}",
              f"my {who}'s {animal} is called {value}"),
        note=f"The user's {who} has a {animal} named {value}.",
        ask=(f"what is my {who}'s {animal} called?", f"what is the name of my {who}'s {animal}?",
             f"What is my {who}'s {animal}'s name?"),
        answer=f"Your {who}'s {animal} is named {value}.",
        check=f"is my {who}'s {animal} named {{}}?", wrong=v.pet())


def allergy(v):
    value = v.pick(values.FOODS)
    return Fact(
        topic="allergy", value=value,
        tell=(f"i am allergic to {value}", f"I'm allergic to {value}.", f"i can't eat {value}"),
        note=f"The user is allergic to {value}.",
        ask=("what am i allergic to?", "What can't I eat?", "do you remember my allergy?"),
        answer=f"You are allergic to {value}.", check="am i allergic to {}?", wrong=v.pick(values.FOODS))


# (present, third person, past) and what it can be done to; objects are drawn with an article or a number.
_THINGS = ("bike guitar lamp table chair sofa painting clock camera boat tent kite piano bag hat coat ring letter drum "
           "garden fence shed bridge statue quilt basket mirror ladder telescope robot puzzle carpet vase violin").split()
_PLURALS = ("tomatoes roses stamps coins shells books records carrots apples potatoes onions horses bees sheep tickets "
            "flowers herbs candles toys cards stones maps posters masks beans pumpkins sunflowers chickens").split()
_VERBS = (
    ("build", "builds", "built", _THINGS), ("paint", "paints", "painted", _THINGS), ("sell", "sells", "sold", _PLURALS),
    ("grow", "grows", "grew", _PLURALS[:4] + _PLURALS[6:9]), ("collect", "collects", "collected", _PLURALS),
    ("fix", "fixes", "fixed", _THINGS), ("lose", "loses", "lost", _THINGS), ("break", "breaks", "broke", _THINGS),
    ("need", "needs", "needed", _THINGS), ("want", "wants", "wanted", _THINGS), ("wear", "wears", "wore", _THINGS[16:20]),
    ("teach", "teaches", "taught", values.SUBJECTS), ("learn", "learns", "learned", values.SUBJECTS),
    ("make", "makes", "made", _THINGS), ("draw", "draws", "drew", _THINGS), ("plant", "plants", "planted", _PLURALS),
    ("visit", "visits", "visited", None), ("call", "calls", "called", values.RELATIVES), ("like", "likes", "liked", _PLURALS),
    ("hate", "hates", "hated", _PLURALS), ("miss", "misses", "missed", values.RELATIVES),
    ("speak", "speaks", "spoke", "French Spanish German Polish Greek".split()),
    ("play", "plays", "played", "chess football tennis cards poker golf hockey".split()),
    ("read", "reads", "read", None), ("hide", "hides", "hid", _THINGS), ("rent", "rents", "rented", _THINGS),
    ("study", "studies", "studied", values.SUBJECTS), ("bake", "bakes", "baked", values.FOODS),
)


def action(v):
    """Any verb with any object, present or past: the open end of what people tell."""
    present, third, past, things = v.pick(_VERBS)

    def draw():
        """(in the user's words, seen from outside)"""
        if things is None:
            text = v.place() if present == "visit" else v.title()
            return text, text
        thing = v.pick(things)
        if things is values.RELATIVES:
            return f"my {thing}", f"your {thing}"
        if things in (_PLURALS, values.SUBJECTS, values.FOODS) or present in ("grow", "speak", "play"):
            return thing, thing
        text = f"{v.pick(('a', 'a', 'a ' + v.pick(values.COLORS), 'two', 'an old'))} {thing}"
        return text, text
    own, value = draw()
    in_past = v.random.random() < 0.5
    when = v.pick(("", "", " last year", " yesterday", " with my friends") if in_past
                  else ("", "", " every day", " with my friends"))
    verb = past if in_past else present
    seen_when = when.replace("my", "your")
    noted = f"{past if in_past else third} {value.replace('your ', 'their ')}{when.replace('my', 'their')}"
    auxiliary = "did" if in_past else "do"
    who = "who" if things is values.RELATIVES else "what"
    return Fact(
        topic=present, value=value,
        tell=(f"i {verb} {own}{when}", f"I {verb} {own}{when}."), note=f"The user {noted}.",
        ask=(f"{who} {auxiliary} i {present}?", f"{who.capitalize()} {auxiliary} I {present}{when}?",
             f"do you remember {who} i {verb}?", f"tell me {who} i {verb}"),
        answer=f"You {verb} {value}{seen_when}.", check=f"{auxiliary} i {present} {{}}?", wrong=draw()[1])


def world(v):
    subject, draw = v.pick((
        ("today", lambda: v.pick(values.DAYS).lower()), ("the answer", lambda: v.number(1, 99)),
        ("the secret word", v.word), ("the capital of Zumland", v.place), ("the winner", v.name), ("the captain", v.name),
        ("the plan", lambda: v.pick(values.ACTIVITIES)), ("the magic color", lambda: v.pick(values.COLORS)),
        ("the new teacher", v.name), ("lunch", lambda: v.pick(values.FOODS)), ("tomorrow", lambda: v.pick(values.DAYS))))
    value = v._open(draw) if subject in ("the secret word",) else draw()
    return Fact(
        topic=subject, value=value,
        tell=(f"{subject} is {value}", f"{subject.capitalize()} is {value}."),
        note=f"{subject[0].upper()}{subject[1:]} is {value}.",
        ask=(f"what is {subject}?", f"What is {subject}?", f"do you know what {subject} is?"),
        answer=f"{subject[0].upper()}{subject[1:]} is {value}.", check=f"is {subject} {{}}?", wrong=draw())


WEIGHTED = (
    (named, 8), (own_name, 4), (home, 2), (origin, 1), (relative_home, 2), (workplace, 2), (job, 2), (age, 1),
    (favourite, 4), (hobby, 1), (secret, 3), (date, 3), (car, 1), (consumed, 2), (count, 1), (pair, 1), (skill, 1),
    (relative_pet, 2), (allergy, 1), (world, 2), (action, 5),
)


# What a fact is most easily taken for: where two of one kind cannot differ in topic, the nearest other kind.
CONFUSABLE = {
    named: (named, named, own_name, relative_pet), own_name: (named,), relative_pet: (relative_pet, named),
    home: (relative_home, origin), origin: (home, relative_home), relative_home: (relative_home, home),
    workplace: (job, home), job: (workplace, skill), age: (count,), hobby: (skill, job), car: (count, action),
    allergy: (favourite, consumed), skill: (hobby, job),
}


# What somebody may have one of, whose name, number or word can be told.
_BELONGINGS = (
    "lucky number|middle name|nickname|user name|email|shoe size|blood type|zip code|street|hotel|bank|dentist|doctor|"
    "lawyer|vet|barber|tailor|plumber|landlord|gym|club|church|school|university|office|company|boss|team|captain|coach|"
    "horse|parrot|rabbit|turtle|hamster|fish|car|truck|boat|bike|guitar|robot|plant|tree|house|farm|garden|village|island|"
    "river|lake|book|poem|song|game|project|blog|channel|shop|cafe|bar|train|bus|gate|seat|table|key|safe|locker|desk|"
    "hero|rival|partner|tutor|nurse|babysitter|ship|planet|dragon|spell|hat|sword|recipe|wine|cheese|sauce|dish"
).split("|")


def _owner(v):
    """(in the user's words, in a note, in a reply)"""
    kind = v.random.random()
    if kind < 0.55:
        return "my", "The user's", "Your"
    if kind < 0.8:
        who = v.pick(values.RELATIVES)
        return f"my {who}'s", f"The user's {who}'s", f"Your {who}'s"
    name = v.name()
    return f"{name}'s", f"{name}'s", f"{name}'s"


def belonging(v, owner, thing):
    """Anybody's anything, invented things too: only the words themselves say what a note is about."""
    own, noted, replied = owner

    def draw():
        return v.pick((v.name, v.pet, v.place, v.code, v.word, v.title, v.company, lambda: v.number(1, 9999)))()
    value = draw()
    return Fact(
        topic=f"{own} {thing}", value=value,
        tell=(f"{own} {thing} is {value}", f"{own[0].upper()}{own[1:]} {thing} is {value}.", f"{value} is {own} {thing}"),
        note=f"{noted} {thing} is {value}.",
        ask=(f"what is {own} {thing}?", f"What's {own} {thing}?", f"do you know {own} {thing}?", f"tell me {own} {thing}",
             f"do you remember {own} {thing}?", f"{own} {thing}?"),
        answer=f"{replied} {thing} is {value}.", check=f"is {own} {thing} {{}}?", wrong=draw())


def belonging_pair(v):
    """Two things of one owner, one thing of two owners, or both different."""
    def thing():
        return v.pick(_BELONGINGS) if v.random.random() < 0.7 else v.word()
    while True:
        owners, things, kind = [_owner(v), _owner(v)], [thing(), thing()], v.random.random()
        if kind < 0.5:
            owners[1] = owners[0]
        elif kind < 0.9:
            things[1] = things[0]
        if (owners[0], things[0]) != (owners[1], things[1]):
            first, second = (belonging(v, *of) for of in zip(owners, things))
            if first.value.lower() != second.value.lower():
                return first, second


def _any_maker(v):
    makers, weights = zip(*WEIGHTED)
    return v.random.choices(makers, weights)[0]


def any_fact(v):
    return _any_maker(v)(v)


def confusable_pair(v):
    """A fact and another of the same form about something else: my dog's name and my cat's, my city and my sister's."""
    maker = _any_maker(v)
    fact = maker(v)
    while True:
        other = v.pick(CONFUSABLE.get(maker, (maker,)))(v)
        if other.topic != fact.topic and other.value.lower() != fact.value.lower():
            return fact, other
