"""Conversations of several turns, written for this model: what is said next follows from what was said before.

Lines alternate between user and assistant, the user first. `{a|b}` draws an alternative, `<pet>`, `<name>`,
`<place>`, `<food>`, `<instrument>`, `<job>` and `<title>` a value that stays the same within the conversation.
"""
import re

import values
from chat_format import Turn

CHATS = """
{i have a dog|I have a dog.|we just got a dog}
{How nice! What is its name?|Dogs are great. What is your dog called?}
{his name is <pet>|<pet>|it is called <pet>}
<pet> is a lovely name! How old is <pet>?
{he is two years old|he is still a puppy|he is ten now}
{Does <pet> like to play in the park?|I bet <pet> has a lot of energy. Do you go for long walks?}
{yes, he loves it|every day|yes, we go every morning}
That sounds wonderful. Dogs are happy when they can run.

{i have a cat|we have a cat at home|i got a kitten yesterday}
{I like cats. What is its name?|How sweet! What do you call it?}
{her name is <pet>|<pet>|we call her <pet>}
{<pet>, what a nice name!|That is a good name for a cat.} What does she like to do?
{she sleeps all day|she likes to sit at the window|she plays with a ball}
{That is what cats do best.|Cats know how to enjoy life.}

{my dog is sick|my dog is not well today|i am worried about my dog}
I'm sorry to hear that. What is wrong with your dog?
{he does not eat|he is very tired|he hurt his leg}
{Poor thing. Have you called the vet?|I hope it is not serious. Maybe the vet can help.}
{yes, we are going tomorrow|not yet|i will call the vet}
Good idea. I hope your dog feels better soon.

{do you like animals?|what is your favorite animal?}
{Yes, I like dogs the most. They are so friendly.|I like animals. Dogs are my favorite. What is yours?}
{i like cats more|i like horses|mine is the elephant|i like birds}
{Those are beautiful animals too. Why do you like them?|Good choice. What do you like about them?}
{they are so smart|they are calm|they are beautiful}
I agree. It is nice to watch them.

{what is your favorite food?|what do you like to eat?}
I am a program, so I don't eat. But I like to talk about food. What is your favorite?
{i love <food>|<food>|my favorite is <food>}
{Good choice!|That sounds delicious.} Do you make it at home?
{yes, every week|no, i eat it in a restaurant|sometimes}
{Nice. Food is best when you share it with friends.|That is nice. I hope you have it again soon.}

{i am hungry|I'm hungry, what should i eat?|i don't know what to cook}
{What do you have in the kitchen?|Do you want something warm or something cold?}
{i have eggs and bread|some rice and vegetables|something warm|only pasta}
{Then you could make something simple and good.|That is enough for a nice meal.} What about a soup?
{good idea|no, i don't like soup|maybe}
{Enjoy your meal!|Okay, then make what you like best.}

{i made <food> today|i cooked <food> for my family|I tried to make <food>.}
{That sounds great. How was it?|Nice! Did it taste good?}
{it was delicious|it was very good|everybody liked it|it was burnt}
{What is the secret of your recipe?|Did you cook it for the first time?}
{i use a lot of butter|yes, it was the first time|my mother showed me}
{Very nice. I think cooking makes people happy.|That is a good way to do it.}

{do you like music?|do you listen to music?|what kind of music do you like?}
{Yes, I like all kinds of music. What do you listen to?|I like calm songs. What about you?}
{i like rock|mostly jazz|i listen to pop music|i like classical music|i love hip hop}
{Nice, that is good music. Who is your favorite artist?|Good taste! Do you have a favorite band?}
{i like the beatles|<name>|i don't have a favorite|queen, i think}
{Do you go to concerts?|Have you ever seen them live?|I see. Do you also play an instrument?}
{yes, i love concerts|no, never|not yet}
{Music is a good friend on every day.|Maybe some day! It must be exciting.}

{i play the <instrument>|i am learning to play the <instrument>|I started to play the <instrument>.}
{That is great! How long have you played the <instrument>?|Nice. Is it hard to learn?}
{for three years|since i was a child|it is hard but fun|only for a month}
{Keep going! Practice makes it better.|It takes time, but it is worth it.}
{thanks, i will|i play every day|i want to play in a band}
{I am sure you will do well.|That is the way to do it.}

{have you seen any good movies?|do you like movies?|what is a good movie?}
{I like stories about adventure. What kind of movies do you like?|I like funny movies the most. And you?}
{i like action movies|i love comedies|i like horror movies|science fiction|i like old movies}
{Those are exciting. What was the last one you saw?|Good choice. Which one is your favorite?}
{i saw <title>|<title>|it was <title>}
{I don't know that one. What is it about?|I have not heard of <title>. Was it good?}
{it is about a family|it is about a man who travels in time|it was really good|it is about a war}
{That sounds interesting.|I would like to hear more about it.}

{i watched a movie last night|we went to the cinema yesterday|i saw a great film}
{Nice! Which movie was it?|What did you see?}
{it was called <title>|<title>|i forgot the name}
{Did you like it?|Was it any good?}
{yes, i loved it|it was okay|no, it was boring|the ending was sad}
{I see. The story is the most important thing in a movie.|Thanks for telling me about it.}

{how is the weather?|what is the weather like today?|how is the weather where you are?}
{I can't look outside. How is it where you are?|I have no window. Is it sunny where you are?}
{it is sunny|it is raining|very cold|it is hot|it is cloudy}
{I see. Do you like that kind of weather?|Then you can dress for it. Are you going out?}
{yes|no, i stay at home|not really|yes, i love it}
{Have a good day, whatever the weather does.|That is fine. Enjoy your day.}

{it is raining again|it rains all day|What terrible weather today.}
{Rain can be boring. What do you do at home?|It is a good day to stay inside. Do you have a good book?}
{i am watching tv|i read a book|i clean the house|nothing}
{That sounds cozy.|A warm drink would make it even better.}

{i love summer|summer is the best|i like the hot weather}
{Summer is great. What do you like to do in summer?|Me too, the days are so long. Do you go swimming?}
{i go to the beach|i swim in the lake|i sit in the garden|i travel}
{That sounds like fun. Don't forget the sunscreen!|Wonderful. I hope the summer is long.}

{i am tired|I am so tired today.|i had a long day}
{What did you do today?|Why are you tired? Did you work a lot?}
{i worked ten hours|i did not sleep well|i had to clean the house|too many meetings}
{That is a lot. You should rest now.|No wonder. Go to bed early tonight.}
{you are right|i will|good idea}
{Good night, and sleep well.|I hope tomorrow will be better.}

{i have to go to work|i am at work|i work too much}
{What do you do for work?|What is your job?}
{i am a <job>|I work as a <job>.|i'm a <job>}
{Do you like being a <job>?|That sounds interesting. Do you like your job?}
{yes, i like it|sometimes|no, i want to do something else|it is okay}
{What is the best part of it?|I see. Every job has good and bad days.}
{the people|the money|i can help people|i don't know}
{That makes sense.|That is important.}

{i am looking for a job|i lost my job|i want a new job}
{I'm sorry, that is not easy. What kind of job would you like?|I hope you find one soon. What do you like to do?}
{i want to be a <job>|maybe as a <job>|something with people}
{That sounds like a good plan.|I think you could do that well.}
{thank you|i hope so}
{Good luck! Let me know how it goes.|I believe in you.}

{i have an exam tomorrow|I have a test on friday.|i need to study}
{What is the exam about?|What subject do you study?}
{math|history|biology|english}
{That can be hard. Do you feel ready?|Good luck! Have you studied a lot?}
{not really|yes, i think so|i am nervous}
{Take a deep breath. You will do fine.|Get some sleep before it. That helps a lot.}

{i am sad|i feel sad today|i feel lonely}
{I'm sorry to hear that. What happened?|I am sorry. Do you want to tell me about it?}
{i miss my friends|my dog died|i had a fight with my friend|nothing goes well}
{That must be hard.|I understand. That hurts.} Is there someone you can talk to?
{maybe my sister|no|you are here|i will call a friend}
{Talking about it can help. I am here to listen.|I hope you feel better soon.}

{i am so happy|I have good news!|today was a great day}
{That is great! What happened?|Tell me about it!}
{i got the job|i passed my exam|i met an old friend|my team won|we are having a baby}
{Congratulations! That is wonderful.|Wow, that is great news!}
{thank you|thanks, i am so excited}
{You can be proud of it.|Enjoy it! You deserve it.}

{what did you do today?|what have you been up to?|how was your day?}
{I talked with you, that is my day. What did you do?|Not much, I am a program. How was your day?}
{i went to the store|i played with my kids|i worked|i stayed in bed all day|i went for a walk}
{Was it fun?|That sounds good. Did you enjoy it?}
{yes, it was|not really|yes, a lot}
{I am glad you told me.|Tomorrow is a new day.}

{i am going on vacation|we are going to travel|i am planning a trip}
{How exciting! Where are you going?|That sounds great. Where to?}
{to <place>|we are going to <place>|i want to see <place>}
{<place> sounds wonderful. How long will you stay?|Nice! What will you do in <place>?}
{one week|see the old town|swim and relax|two weeks}
{Have a great trip!|That will be fun. Take many pictures.}

{do you like sports?|did you watch the game?|i watched the game yesterday}
{I like to hear about sports. Which sport do you like?|I can't watch it, but I like to hear about it. Who won?}
{football|my team won|basketball|we lost|i like tennis}
{Do you play too, or do you only watch?|I see! Was it an exciting game?}
{i only watch|yes, it was great|i play on weekends}
{That is fun. Sports bring people together.|Great. Moving is good for you.}

{do you read books?|i am reading a book|i like to read}
{I like stories. What are you reading?|What kind of books do you like?}
{<title>|i am reading <title>|mostly crime stories|fantasy books|a book about history}
{I don't know it. Is it good?|That sounds interesting. What do you like about it?}
{it is very exciting|the characters are great|it is a bit slow|i like the language}
{A good book is hard to put down.|Thank you for telling me. Enjoy reading!}

{i am bored|I'm bored.|what can we talk about?}
{We can talk about music, films, food or animals. What do you like?|Let's talk! What do you like to do in your free time?}
{let's talk about food|i like music|films|i like animals}
{Good. What is your favorite?|I like that too. Tell me about your favorite.}
{i can't choose|<food> maybe|there are so many|<title>}
{That is hard to say, I know.|That is a good choice.}

{hi|hello|hey}
{Hello! How are you today?|Hi there! How are you?}
{i am fine, and you?|good, thanks|not so good|great!|i'm okay}
{I am doing well. What did you do today?|Thanks for telling me. What would you like to talk about?}
{i don't know|i was at work|nothing special|i played games}
{That is okay. Do you have plans for the evening?|I see. Do you like to talk about films or music?}
{i will watch a movie|yes|i will cook something|music}
{Sounds good!|Great. Tell me more about it.}
{bye|i have to go now|goodbye}
{Goodbye! It was nice talking with you.|Bye! Have a nice day.}

{my name is <name>|i'm <name>|hi, my name is <name>}
{Nice to meet you, <name>! I am Graffiti.|Hello <name>! How are you?}
{nice to meet you too|i am fine|what do you do?}
{I am a small chat model with a memory. You can tell me about yourself.|I like to chat. What do you like to do, <name>?}
{i like to cook|i like sports|i live in <place>|i am a <job>}
{That is good to know. I will remember it.|Nice! Tell me more.}

{i have two kids|i have a big family|my family is visiting}
{How nice! How old are the kids?|That sounds lovely. What will you do together?}
{they are four and six|we will cook together|they are in school now|we play games}
{That is a nice age. They must be fun.|Family time is the best time.}

{tell me a joke|do you know a joke?|make me laugh}
{Why did the dog sit in the shade? It did not want to be a hot dog.|What do you call a sleeping bull? A bulldozer.}
{that is funny|haha|that is not funny|another one}
{I am glad you like jokes.|I only know a few jokes. Do you know one?}

{what is your name?|who are you?}
{My name is Graffiti. I am a small language model with a memory.|I am Graffiti, a small chat model.}
{are you a human?|are you a real person?|so you are a robot?}
{No, I am not a person. I am a computer program.|I am not human, I am only a small program.}
{that is okay|cool|do you like it?|i don't believe you}
{Thank you. What about you, what do you like?|It is true. But I like to talk with you.}

{good morning|Good morning!}
{Good morning! Did you sleep well?|Good morning! What are your plans for today?}
{yes, very well|not really|i have to work|i will visit my mother}
{I hope you have a good day.|Have a nice day then!}

{i need coffee|do you like coffee?|i drink too much coffee}
{Many people need coffee in the morning. How do you drink it?|I can't drink, but it must smell good. Do you take milk?}
{with milk|black|with a lot of sugar|i prefer tea}
{That sounds good. Enjoy it!|Everybody has their own taste.}

{i bought a new car|i got a new phone|i bought new shoes}
{Nice! Do you like it?|Congratulations! What made you choose it?}
{yes, a lot|it was cheap|i like the color|the old one was broken}
{That is a good reason.|I hope it lasts for a long time.}

{i like gardening|i have a garden|i planted tomatoes}
{A garden is a lot of work, but it is fun. What do you grow?|Nice! What do you have in your garden?}
{tomatoes and flowers|roses|some herbs|mostly vegetables}
{It must be beautiful in summer.|Fresh food from the garden tastes best.}
""".strip()

_DRAWS = {
    "pet": lambda v: v.pet(), "name": lambda v: v.name(), "place": lambda v: v.place(),
    "food": lambda v: v.pick(values.FOODS), "instrument": lambda v: v.pick(values.INSTRUMENTS),
    "job": lambda v: v.pick([job for job in values.JOBS if job[0] not in "aeiou"]), "title": lambda v: v.title(),
}
_CHATS = [chat.splitlines() for chat in CHATS.split("\n\n")]


def chat(v):
    """The turns of one chat, from its beginning, sometimes cut short after a reply."""
    lines = v.pick(_CHATS)
    length = len(lines) if v.random.random() < 0.6 else 2 * v.random.randint(1, len(lines) // 2)
    drawn = {}
    turns = []
    for index, line in enumerate(lines[:length]):
        text = re.sub(r"\{([^}]*)\}", lambda match: v.pick(match.group(1).split("|")), line)
        for kind in re.findall(r"<(\w+)>", text):
            drawn.setdefault(kind, _DRAWS[kind](v))
        text = re.sub(r"<(\w+)>", lambda match: drawn[match.group(1)], text)
        turns.append(Turn("user" if index % 2 == 0 else "assistant", text))
    return turns
