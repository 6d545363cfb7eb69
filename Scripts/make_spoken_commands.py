#!/usr/bin/env python3
"""Makes recordings of commands that a synthesizer speaks, with their texts, and sentences for a language model; for the recipe spoken-commands.

    apt-get install -y espeak-ng    # or brew install espeak-ng
    python3 Scripts/make_spoken_commands.py spoken-commands

The folder has train.tsv, valid.tsv and test.tsv (file, text, speaker), the files in recordings, and sentences/train.txt, valid.txt and test.txt, a sentence a
line. Sentences come from the grammar below, for home, office, car, music, timers, calendar and shopping. Each recording is one sentence in one voice, at a rate
and a pitch that are drawn. To which part a sentence belongs depends on its words alone, so that none stands in two parts, neither spoken nor among the
sentences for a language model. Voices are an accent and a variant; the variants of the validation and the test part are no voice's of the training part. The
same seed and synthesizer make the same files.
"""

import argparse
import collections
import pathlib
import random
import shutil
import subprocess
import sys
import wave
import zlib

# A line is a rule: its name, and what it may become. <name> is what that rule becomes, and a piece with a question mark is left out half of the time.
GRAMMAR = """
start: <light> | <climate> | <house> | <kitchen> | <music> | <screen> | <timer> | <calendar> | <message> | <office> | <drive> | <car> | <shop> | <ask> | <note>

polite: please | could you | would you | can you please | now | i want you to
room: kitchen | bathroom | bedroom | living room | hallway | garage | cellar | study | guest room
lamp: ceiling light | desk lamp | reading lamp | porch light | floor lamp | christmas tree
colour: red | green | blue | yellow | orange | purple | warm white
digit: one | two | three | four | five | six | seven | eight | nine
teen: ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen
tens: twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety
number: <digit> | <teen> | <tens> | <tens> <digit>
few: two | three | four | five | six | seven | eight | nine | ten | a dozen
hour: <digit> | ten | eleven | twelve
minute: five | ten | fifteen | twenty | twenty five | thirty | forty | forty five | fifty
time: <hour> <minute> | half past <hour> | quarter past <hour> | quarter to <hour> | noon | midnight | <hour> in the <half>
half: morning | afternoon | evening
weekday: monday | tuesday | wednesday | thursday | friday | saturday | sunday
month: january | february | march | april | may | june | july | august | september | october | november | december
ordinal: first | second | third | fourth | fifth | sixth | seventh | eighth | ninth | tenth | twentieth
day: today | tomorrow | on <weekday> | next <weekday> | this <half> | tonight | on the <ordinal> of <month> | next week | tomorrow <half>
span: <number> minutes | <number> seconds | <few> hours | half an hour | an hour | a quarter of an hour | <few> days
person: anna | peter | maria | james | sarah | david | emma | oliver | grandma | my brother | my sister | my mother | my father
  | the doctor | the dentist | the plumber | my boss | the neighbours | uncle george | aunt alice

light: <polite>? turn <onoff> the <lamp> | <polite>? turn the <lamp> in the <room> <onoff> | <polite>? dim the lights in the <room> to <number> percent
  | make the <lamp> <colour> | set the <room> lights to <colour> | <polite>? switch all the lights <onoff> <day>
  | the <room> is too dark make it brighter | leave the <lamp> on until <time> | turn on the <lamp> when <person> comes home
onoff: on | off
climate: <polite>? set the heating in the <room> to <number> degrees | make it <warmer> in the <room> | turn the <heater> <onoff> in <span>
  | <polite>? lower the temperature by <few> degrees | keep the <room> at <number> degrees until <time> | start the <heater> at <time>
  | how <warm> is it in the <room> | i am feeling cold turn up the heating
warmer: warmer | cooler
warm: warm | cold
heater: radiator | air conditioning | fan | fireplace
house: <polite>? <openclose> the <opening> | <polite>? lock the <door> | unlock the <door> for <person> | is the <door> locked
  | <polite>? start the <machine> in <span> | tell the vacuum cleaner to clean the <room>
  | water the <plants> for <span> | <polite>? stop the <machine> | show me who is at the <door> | feed the <pet> at <time>
openclose: open | close
opening: blinds | curtains | window | garage door | gate
door: front door | back door | garden gate | cellar door
machine: washing machine | dishwasher | dryer | coffee maker | oven
plants: roses | tomatoes | flowers | herbs
pet: cat | dog | fish | rabbit
kitchen: how long do i have to <cook> <food> | <polite>? heat the oven to <hundred> degrees | find a recipe with <food> and <food>
  | what can i make with <food> and <food> | <polite>? read me the next step of the recipe | how many <measure> of <food> do i need
  | is there any <food> left in the <fridge> | make <few> cups of <drink> | what goes well with <food>
cook: boil | fry | bake
hundred: one hundred | one hundred and fifty | one hundred and eighty | two hundred | two hundred and twenty
measure: cups | spoons | ounces | pounds
fridge: fridge | freezer | pantry
drink: coffee | tea | cocoa
music: <polite>? play some <genre> in the <room> | play the <latest> album by <band> | <polite>? turn the <volume> <updown>
  | what is the name of this song | add this song to my <list> playlist | <polite>? shuffle my <list> playlist | play it again <louder>
  | who is singing this song | set the volume to <number> | pause the music for <span> | play something <mood> for <person> | never play <band> again
  | wake me with <genre> at <time>
genre: jazz | classical music | rock | blues | opera | piano music | dance music
latest: latest | first | oldest | last
band: the rolling stones | the beatles | mozart | beethoven
volume: volume | bass | music | radio
updown: up | down | down a little | up a bit
list: running | dinner | party | holiday | favourite
louder: louder | from the beginning
mood: relaxing | cheerful | quiet
screen: <polite>? switch to channel <number> | record the <show> <day> | <polite>? show the <show> on the <display> | what is on television <day>
  | turn the <display> off at <time> | <polite>? put the subtitles <onoff> | when does the <show> begin
  | turn on the radio in the <room>
show: news | football match | quiz | concert | weather report
display: television | big screen | tablet
timer: <polite>? set a timer for <span> | wake me up at <time> <day>? | <polite>? set an alarm for <time> | how much time is left on the <food> timer
  | cancel the alarm for <time> | <polite>? start the stopwatch | remind me in <span> to <chore> | remind me to <chore> <day>
  | add <number> minutes to the timer | <polite>? delete all alarms before <time> | count down from <number>
chore: call <person> | take out the rubbish | pay the rent | buy <food> | pick up the children | charge the <device> | return the library books
  | feed the <pet> | water the <plants> | book the tickets | clean the <room> | post the letter | take my medicine
device: phone | laptop | camera
calendar: what do i have to do <day> | <polite>? book the <place> for <time> | move the <event> to <time> | cancel my <event> with <person>
  | invite <person> to the <event> <day> | when is my next <event> | am i free <day> at <time> | put the <event> into my calendar <day>
  | is there anything planned <day> | how many days until the <event>
event: meeting | interview | dinner | birthday party | lunch | yoga lesson | exam | wedding
place: small meeting room | tennis court | table by the window
message: <polite>? send a message to <person> | <polite>? call <person> | tell <person> that i will be <late> | read my new messages
  | has <person> answered yet | <polite>? forward the last <mail> to <person> | delete the <mail> from <person> | call <person> back in <span>
  | ask <person> whether <weekday> is fine
late: late | home by <time> | there in <span> | busy <day> | away <day>
mail: message | picture | document | reminder
office: <polite>? print <few> copies of the <paper> | scan the <paper> and send it to <person> | <polite>? open the <paper> for <month>
  | start the video conference with <person> | translate the <paper> into <language> | who is in the office <day> | lock my computer when i leave
paper: report | contract | invoice | budget | letter | map
language: german | french | spanish | italian | japanese | polish
drive: <polite>? take me to the <goal> | how long does it take to <city> | find the nearest <goal> | avoid the motorway to <city>
  | is there a traffic jam near <city> | where can i park near the <goal> | show me the way to <city> on foot
  | <polite>? stop at the next <goal> | how far is it to the <goal> | when does the <train> leave for <city>
  | call a taxi to the <goal> at <time> | turn <leftright> after the <goal> | book a seat on the <train> to <city> <day>
leftright: left | right
train: train | bus | ferry
goal: petrol station | airport | hospital | bakery | pharmacy | railway station | museum | beach | bank | restaurant | swimming pool | town hall
city: london | paris | berlin | vienna | madrid | chicago | oxford | boston
car: <polite>? turn on the <part> | <polite>? open the <hatch> | how much <fuel> do we have left | set the cruise control to <number>
  | switch the <part> off | warn me if i drive faster than <number>
part: headlights | wipers | fog lights | parking camera
hatch: boot | sunroof | rear window
fuel: petrol | oil
shop: <polite>? add <food> to the shopping list | we need <few> <packs> of <food> | take <food> off the shopping list
  | order <few> <packs> of <food> for <weekday> | what is on my shopping list | how much does a <pack> of <food> cost | where do they sell cheap <food>
  | <polite>? put <food> and <food> on the list | i forgot to buy <food> | buy <goods> for <person> | compare the prices of <goods>
  | has my parcel with the <goods> arrived
food: bread | butter | cheese | milk | eggs | apples | bananas | potatoes | onions | carrots | rice | pasta | flour | sugar | salt | pepper | honey | chicken
  | salmon | beef | spinach | mushrooms | strawberries | garlic | chocolate | ham | beans | cream
packs: packs | bottles | bags | boxes
pack: pack | bottle | bag | box
goods: light bulbs | batteries | shampoo | soap | running shoes | gloves | candles
ask: what is the weather like in <city> <day>? | will it <rain> <day> | how do you say <food> in <language> | what time is it in <city>
  | how many people live in <city> | is the <goal> open <day> | what is <number> times <number> | what is <number> plus <number> | do i need <goods> <day>
  | when does the sun <rise> <day> | what day is it <day>
rain: rain | snow | be windy | be sunny | freeze
rise: rise | set
note: <polite>? take a note for <person> | read my notes from <weekday> | note that the <machine> is broken
  | remember that <person> likes <food> | how far did i <run> <day>
  | <polite>? start a <run> with <person> | log <few> glasses of water | note that i slept for <few> hours
run: run | walk | swim
"""

# What is heard in training; each variant that is measured is of no voice there.
VOICES = {
    "train": [
        "en-us", "en-us+m1", "en-us+m3", "en-us+f1", "en-us+f2", "en-gb", "en-gb+m2", "en-gb+m4", "en-gb+f1", "en-gb+f5", "en-gb-scotland+m1",
        "en-gb-scotland+f2", "en-gb-x-rp+m3", "en-gb-x-rp+f1", "en-029+m2", "en-029+f5", "en-gb-x-gbclan+m4", "en-gb-x-gbclan+f2", "en-gb-x-gbcwmd+m1",
        "en-gb-x-gbcwmd+f5",
    ],
    "valid": ["en-us+m6", "en-gb+f4", "en-gb-x-rp+m6", "en-029+f4"],
    "test": ["en-us+f3", "en-us+m7", "en-gb+m5", "en-gb+f3", "en-gb-scotland+m7", "en-gb-x-rp+m5", "en-029+m7", "en-gb-x-gbclan+f3"],
}
WORDS = range(3, 13)
RATES = (140, 200)
PITCHES = (30, 70)


def parsed(grammar):
    rules = {}
    for line in grammar.replace("\n  ", " ").strip().splitlines():
        if line:
            name, alternatives = line.split(":")
            rules[name] = [alternative.split() for alternative in alternatives.split("|")]
    return rules


RULES = parsed(GRAMMAR)


def drawn(name, draw):
    for piece in draw.choice(RULES[name]):
        if piece.endswith("?"):
            if draw.random() < 0.5:
                continue
            piece = piece[:-1]
        if piece.startswith("<"):
            yield from drawn(piece[1:-1], draw)
        else:
            yield piece


def part_of(sentence):
    """Where a sentence belongs: a tenth of all to the test, a tenth to validation, whatever is drawn."""
    return ("test", "valid")[remainder] if (remainder := zlib.crc32(sentence.encode()) % 10) < 2 else "train"


def sentences(count, part, draw, repeats):
    """So many sentences of a part, each at most so many times."""
    result, known = [], collections.Counter()
    while len(result) < count:
        pieces = list(drawn("start", draw))
        sentence = " ".join(pieces)
        if len(pieces) in WORDS and part_of(sentence) == part and known[sentence] < repeats:
            result.append(sentence)
            known[sentence] += 1
    return result


def speak(sentence, voice, draw, path):
    rate, pitch = draw.randint(*RATES), draw.randint(*PITCHES)
    run = subprocess.run(["espeak-ng", "-v", voice, "-s", str(rate), "-p", str(pitch), "-w", path, "--", sentence], capture_output=True, text=True)
    if run.returncode != 0 or not path.exists():
        sys.exit(f"espeak-ng cannot speak with the voice {voice}: {run.stderr.strip()}")
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def record(part, texts, options):
    """The recordings of a part and its manifest."""
    draw = random.Random(f"{options.seed} {part} voices")
    rows, heard, seconds = ["file\ttext\tspeaker"], set(), 0
    for index, text in enumerate(texts):
        voice, name = draw.choice(VOICES[part]), f"recordings/{part}-{index + 1:05}.wav"
        seconds += speak(text, voice, draw, options.folder / name)
        heard.add(voice)
        rows.append(f"{name}\t{text}\t{voice}")
    (options.folder / f"{part}.tsv").write_text("\n".join(rows) + "\n")
    print(f"{part}: {len(texts)} sentences, {seconds / 60:.1f} minutes, {len(heard)} voices")


def words(texts):
    return {word for text in texts for word in text.split()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="where the files go; it must not be there, or be empty")
    parser.add_argument("--train", type=int, default=3000, help="sentences that are spoken for training (%(default)s)")
    parser.add_argument("--valid", type=int, default=200, help="for validation (%(default)s)")
    parser.add_argument("--test", type=int, default=400, help="for the test (%(default)s)")
    parser.add_argument("--sentences", type=int, default=30000, help="for a language model to train on; a thirtieth each for validation and test (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of all that is drawn (%(default)s)")
    options = parser.parse_args()
    counts = {"train": options.train, "valid": options.valid, "test": options.test}
    if min(*counts.values(), options.sentences) < 1:
        sys.exit("each part needs a sentence")
    if shutil.which("espeak-ng") is None:
        sys.exit("espeak-ng is not on the path, and it is what speaks; install it (apt-get install -y espeak-ng, or brew install espeak-ng)")
    if options.folder.exists() and any(options.folder.iterdir()):
        sys.exit(f"{options.folder} is not empty; name another folder, or remove it")
    (options.folder / "recordings").mkdir(parents=True)
    (options.folder / "sentences").mkdir()

    spoken = {part: sentences(count, part, random.Random(f"{options.seed} {part}"), 2 if part == "train" else 1) for part, count in counts.items()}
    for part, texts in spoken.items():
        record(part, texts, options)
        unheard = words(texts) - words(spoken["train"])
        print(f"  {len(set(texts))} different, {len(words(texts))} words" + ("" if part == "train" else f", {len(unheard)} of them not in the training part"))

    measured = set(spoken["valid"]) | set(spoken["test"])
    few = max(1, options.sentences // 30)
    for part, count in {"train": options.sentences, "valid": few, "test": few}.items():
        texts = sentences(count, part, random.Random(f"{options.seed} {part} sentences"), 3)
        (options.folder / "sentences" / f"{part}.txt").write_text("\n".join(texts) + "\n")
        print(f"sentences/{part}.txt: {len(texts)} sentences, {len(set(texts))} different, {len(words(texts))} words; "
              f"{len(set(texts) & measured)} of them are spoken for validation or test")


if __name__ == "__main__":
    main()
