"""Values for generated episodes: names, places, numbers. New ones are invented each time, so they must be copied.

One value in 25 (by hash) is reserved: training never sees it, evaluation asks only for it.
"""
import hashlib

NAMES = (
    "Anna Ben Clara David Emma Felix Grace Henry Iris Jack Kate Leo Mia Noah Olivia Paul Quinn Rosa Sam Tina Uma "
    "Victor Wendy Xavier Yara Zoe Alice Bruno Carmen Diego Elena Frank Greta Hugo Ines Jonas Karla Lukas Maria Nina "
    "Oscar Petra Rafael Sofia Thomas Ursula Vera Walter Yusuf Zara Aiko Bilal Chen Divya Emeka Fatima Goran Hana "
    "Ibrahim Jin Kofi Leila Mateo Nadia Omar Priya Ravi Sakura Tariq Usha Wei Ximena Yuki Zainab Arthur Bella Charlie "
    "Daisy Eddie Fiona George Holly Ivan Julia Kevin Laura Max Nora Oliver Peter Rachel Steve Tessa Will Amy Bob Carol "
    "Dan Eve Fred Gina Harold Isabel Jim Kim Linda Mike Nancy Owen Pam Ray Sue Ted Val Pavel Garrett Gary June Harriet"
).split()
ACCENTED = (
    "Tomás José Zoë Søren Björn Chloé André Núria Łukasz Jürgen Renée Óscar Márta Håkon İpek Ñusta Žofia Dvořák "
    "Émile François Íris Göran Øyvind Ana-María Siân Anaïs Raúl Lucía Ángel Małgorzata Šimon Đorđe Иван Мария Ольга "
    "Γιώργος Ελένη 美咲 小明 はな 민준"
).split()
PET_NAMES = (
    "Buddy Rex Luna Max Biscuit Mochi Salt Pepper Shadow Ginger Coco Oreo Peanut Waffles Ziggy Nugget Pickles Simba "
    "Tiger Smokey Patches Boots Mittens Socks Bandit Rusty Daisy Honey Maple Pumpkin Noodle Bubbles Chewy Duke Scout"
).split()
SURNAMES = (
    "Watson Miller Silva Kowalski Tanaka Haddad Okafor Larsen Novak Rossi Dubois Weber Patel Nguyen Jones Carter Lopez "
    "Fischer Andersson Moreau Castillo Young Baker Hughes Stone Rivers Field Marsh"
).split()
PLACES = (
    "Oslo Paris London Berlin Madrid Rome Tokyo Lima Cairo Dublin Vienna Prague Boston Chicago Denver Austin Seattle "
    "Toronto Sydney Lisbon Athens Warsaw Helsinki Nairobi Delhi Seoul Havana Quito Zürich Málaga Kraków Québec Reykjavík "
    "Brno Ghent Leeds York Bristol Cork Galway Turin Naples Porto Lyon Nice Bergen Malmö Aarhus Tampere Riga Split"
).split()
JOBS = (
    "nurse doctor teacher baker farmer pilot lawyer plumber chef driver writer painter singer student carpenter "
    "dentist engineer gardener waiter librarian mechanic photographer cook tailor sailor postman programmer vet "
    "barber cashier firefighter scientist musician electrician"
).split()
WORKPLACES = (
    "the hospital|the library|the airport|a bank|the post office|a bakery|the university|a law firm|the zoo|a garage|"
    "a flower shop|the museum|a school|the train station|a hotel|the town hall|a book shop|a small office|the harbor"
).split("|")
COLORS = "red blue green yellow purple orange black white brown pink grey silver teal golden turquoise".split()
FOODS = (
    "pizza|sushi|pasta|tacos|curry|soup|salad|pancakes|rice and beans|ramen|cheese|apple pie|noodles|lasagna|dumplings|"
    "fish and chips|chocolate|ice cream|mushrooms|strawberries|burgers|bread|hummus|pierogi|paella|mango"
).split("|")
DRINKS = "tea|coffee|water|milk|orange juice|lemonade|hot chocolate|apple juice|beer|wine|green tea|cola".split("|")
ANIMALS = "dog cat puppy kitten horse parrot rabbit hamster turtle goldfish pony goat donkey canary".split()
RELATIVES = (
    "sister|brother|mother|father|wife|husband|son|daughter|friend|best friend|uncle|aunt|cousin|boss|neighbor|"
    "teacher|roommate|grandmother|grandfather|doctor|girlfriend|boyfriend|nephew|niece|coach|landlord"
).split("|")
ACTIVITIES = (
    "reading books|swimming|hiking|cooking|painting|dancing|playing chess|gardening|fishing|running|cycling|singing|"
    "knitting|watching films|playing football|camping|sailing|taking photos|baking bread|climbing|surfing|drawing"
).split("|")
SUBJECTS = "history math biology physics music art chemistry geography law medicine French Spanish Latin poetry".split()
INSTRUMENTS = "piano guitar violin flute drums cello trumpet harp saxophone banjo clarinet accordion".split()
CARS = "Volvo Toyota Ford Honda Fiat Renault Skoda Mazda Subaru Jeep Kia Tesla".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
SEASONS = "spring summer autumn winter".split()

_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr q r s sh sk st t th tr v w y z".split()
_VOWELS = "a e i o u ai ee ia io oa ou ö é á ü å ı".split()
_ENDS = ["", "", "", "l", "n", "r", "s", "x", "m", "k", "th", "nd", "ck", "sh"]


def is_reserved(value: str) -> bool:
    return hashlib.sha256(value.lower().encode("utf-8")).digest()[0] % 25 == 0


class Values:
    """Draws values with `random`; gives reserved values only, or none of them."""

    def __init__(self, random, reserved: bool):
        self.random = random
        self.reserved = reserved

    def pick(self, options):
        """One of a closed list (a job, a colour); these are never reserved: the lists are too short."""
        return self.random.choice(options)

    def _open(self, draw):
        while True:
            value = draw()
            if is_reserved(value) == self.reserved:
                return value

    def word(self):
        """An invented word of two or three syllables, now and then with an accent."""
        syllables = [self.random.choice(_ONSETS) + self.random.choice(_VOWELS) + self.random.choice(_ENDS)
                     for _ in range(self.random.choice((2, 2, 3)))]
        return "".join(syllables)

    def name(self):
        return self._open(self._name)

    def _name(self):
        kind = self.random.random()
        if kind < 0.35:
            name = self.random.choice(NAMES)
        elif kind < 0.45:
            name = self.random.choice(ACCENTED)
        elif kind < 0.75:
            name = self.word().capitalize()
        elif kind < 0.88:
            name = f"{self.random.choice(NAMES)} {self.random.choice(SURNAMES)}"
        else:
            name = f"{self.random.choice(NAMES)} {self.random.choice(NAMES)} {self.word().capitalize()}"
        return name.lower() if self.random.random() < 0.15 else name

    def pet(self):
        return self._open(lambda: self.random.choice(PET_NAMES) if self.random.random() < 0.4 else self._name())

    def place(self):
        return self._open(lambda: self.random.choice(PLACES) if self.random.random() < 0.5
                          else self.word().capitalize())

    def company(self):
        endings = ("Labs", "Works", "Foods", "Motors", "Bank", "School", "Hospital", "Books", "& Sons")
        return self._open(lambda: f"{self.word().capitalize()} {self.random.choice(endings)}")

    def code(self):
        """A password or code: digits, or a word with digits."""
        def draw():
            digits = "".join(self.random.choice("0123456789") for _ in range(self.random.randint(3, 6)))
            return digits if self.random.random() < 0.6 else self.word() + digits[:2]
        return self._open(draw)

    def title(self):
        """An invented film, book or song title."""
        return self._open(lambda: self.random.choice((
            f"The {self.word().capitalize()} {self.random.choice(SURNAMES)}", self.word().capitalize(),
            f"{self.random.choice(COLORS).capitalize()} {self.word().capitalize()}",
            f"The {self.random.choice(SURNAMES)} of {self.word().capitalize()}")))

    def number(self, low, high):
        return str(self.random.randint(low, high))

    def time(self):
        """A day, a date or an hour, with the preposition that belongs to it."""
        kind = self.random.random()
        if kind < 0.3:
            return "on " + self.random.choice(DAYS)
        if kind < 0.65:
            return f"on {self.random.choice(MONTHS)} {self.random.randint(1, 30)}"
        return f"at {self.random.randint(1, 12)}{self.random.choice(('am', 'pm', ':30 pm', ':15 am'))}"
