"""Each rule finds its mistake, points at it, and leaves alone what only looks like one."""

from dataclasses import replace

import pytest
from telop_matcher.english import EnglishLexicon
from telop_matcher.matching.judging import judge
from telop_matcher.matching.values import TICKER, Blame, NgRule, Rules, Word

from tests.unit.matcher.programme import Line, brief, findings, stage, understood

ROSTER = ("John Anderson", "Robert Johnson", "Aiko Tanabe")


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("The parlament voted on the bill", "the parliament voted on the bill", "parlament", "parliament"),
        ("Police recieved many calls", "police received many calls", "recieved", "received"),
        ("Goverment announces new plan", "government announces new plan", "Goverment", "Government"),
        ("FLOODS IN THE CAPITOL DISTRCT", "floods in the capital district", "DISTRCT", "DISTRICT"),
        ("An accident occured at noon", "an accident occurred at noon", "occured", "occurred"),
        ("The company is definately growing", None, "definately", "definitely"),
        ("Weather tommorow\nsunny in the south", None, "tommorow", "tomorrow"),
        ("He lost his keys and foud them", "he lost his keys and find them", "foud", "found"),
        ("Aechive: 1953", None, "Aechive", "Archive"),
        ("He was an aimable man", "he was an amiable man", "aimable", "amiable"),
    ],
)
def test_a_misspelt_word_is_found(
    english: EnglishLexicon, written: str, heard: str | None, wrong: str, suggestion: str
) -> None:
    found = [each for each in findings([Line(written, heard)], english) if each.kind == "spelling"]
    assert brief(found) == [("spelling", wrong, suggestion)]
    assert written[found[0].start : found[0].end] == wrong


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("The lockdown hit the eurozone", "the locked down hit the euro zone"),
        ("Crowdfunding for the livestream", None),
        ("Zelensky met Macron in Kyiv", "so lent ski met micron in give"),
        ("The colour of the theatre programme", "the color of the theater program"),
        ("Unvaccinated travellers were realised", None),
        ("Follow us on example.com or @evningnews", None),
        ("The govemment lntends to open a modem line", "the government intends to open a modern line"),
        ("The accidenthappened yesterday", "the accident happened yesterday"),
        ("Aiko Tanabe tried onsen and udon", "i could turn a bay tried on send and you don"),
        ("Jonson and Smyth sign", "johnson and smith sign"),
    ],
)
def test_what_is_only_new_foreign_a_name_or_misread_is_no_misspelling(
    english: EnglishLexicon, written: str, heard: str | None
) -> None:
    assert brief(findings([Line(written, heard)], english, roster=ROSTER)) == []


def test_a_word_that_the_edge_cuts_off_a_ticker_is_no_misspelling(english: EnglishLexicon) -> None:
    (line,), words = stage([Line("ernment opens the definately new museum tommorow", None)])
    judged = judge([replace(line, kind=TICKER)], words, Rules(), english)
    assert [each.wrong for each in judged.findings] == ["definately"]


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("The museum received 300 visitors", "the museum received two hundred visitors", "300", "200"),
        ("It cost $1.5 million to build", "it cost two million dollars to build", "1.5 million", "2,000,000"),
        ("Prices rose by 14% last year", "prices rose by twelve percent last year", "14", "12"),
        ("The match begins on Friday evening", "the match begins on saturday evening", "Friday", "Saturday"),
        ("The shop opens in October again", "the shop opens in august again", "October", "August"),
        ("More than 12,000 people came", "more than eighteen thousand people came", "12,000", "18,000"),
        ("He won the race for the 25th time", "he won the race for the twenty second time", "25th", "22nd"),
        (
            "Bake it at 108° for half an hour",
            "bake it at one hundred and eighty degrees for half an hour",
            "108",
            "180",
        ),
        ("Cat, 65, can open fridge", "the cat here is sixty six years old and can open the fridge", "65", "66"),
        (
            "Winds of up to 60 km/h are expected",
            "winds of up to sixty miles per hour are expected",
            "km/h",
            "miles per hour",
        ),
        ("The gift was $400 in all", "the gift was four hundred pounds in all", "$", "pounds"),
    ],
)
def test_a_wrong_number_is_found(
    english: EnglishLexicon, written: str, heard: str, wrong: str, suggestion: str
) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == [("number", wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("25 people were injured", "twenty five people were injured"),
        ("The match ended 3 to 1", "the match ended three to one"),
        ("Nearly 300 visitors came", "nearly two hundred ninety eight visitors came"),
        ("They met at 5:30 on the 3rd", "they met at five thirty on the third"),
        ("He scored 2 goals", "he scored to goals"),
        ("She waited 4 hours", "she waited for hours"),
        ("Since 2024 it has grown", "since twenty twenty four it has grown"),
        ("Founded in 1984 in Paris", "founded in nineteen eighty four in paris"),
        ("He is 42 and lives in Paris", "he is a father of three and lives in paris"),
        ("2½ hours of rain", "two and a half hours of rain"),
        ("Up to 3OO visitors came", "up to three hundred visitors came"),
        ("It was 15° warm", "it was fifteen degrees celsius warm"),
        ("He drove 60 km in an hour", "he drove sixty kilometres in an hour"),
    ],
)
def test_a_right_number_is_not_flagged(english: EnglishLexicon, written: str, heard: str) -> None:
    assert brief(findings(understood(Line(written, heard)), english)) == []


def test_a_number_that_is_said_in_the_next_line_does_not_vouch_for_this_one(english: EnglishLexicon) -> None:
    right = Line("8 of spades", "the eight of spades"), Line("4 of clubs", "the four of clubs")
    found = findings(understood(Line("8 of clubs", "the seven of clubs"), *right), english)
    assert brief(found) == [("number", "8", "7")]


def test_numbers_that_sound_alike_are_worth_a_look_and_nobody_is_blamed(english: EnglishLexicon) -> None:
    line = Line("The shop hired 15 people last month", "the shop hired fifty people last month")
    (found,) = findings(understood(line), english)
    assert (found.kind, found.severity, found.blame) == ("number", "fyi", Blame.UNDECIDABLE)


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("John Andersen won the election", "john anderson won the election", "John Andersen", "John Anderson"),
        ("JON ANDERSON WINS", None, "JON ANDERSON", "JOHN ANDERSON"),
        ("Interview with Robert Jonson's brother", None, "Robert Jonson's", "Robert Johnson's"),
        ("Aiko Tanabi sings tonight", "i could turn a bay sings tonight", "Aiko Tanabi", "Aiko Tanabe"),
    ],
)
def test_a_near_miss_of_the_roster_is_found(
    english: EnglishLexicon, written: str, heard: str | None, wrong: str, suggestion: str
) -> None:
    assert brief(findings([Line(written, heard)], english, roster=ROSTER)) == [("name", wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "roster"),
    [
        ("John Anderson and Robert Johnson", ROSTER),
        ("Robert Johnson's wife", ROSTER),
        ("Robert Anderson resigned", ROSTER),
        ("Jan Hansen, Jan Jansen", ("Jan Hansen", "Jan Jansen")),
        ("Mark Smith and Mary Smith", ("Mark Smith",)),
        ("J0hn Anders0n", ROSTER),
        ("He marks the exam", ("Marks",)),
        ("The Andersons of Kent", ("Anderson",)),
    ],
)
def test_a_name_that_is_right_or_somebody_elses_is_not_flagged(
    english: EnglishLexicon, written: str, roster: tuple[str, ...]
) -> None:
    assert brief(findings([Line(written, None)], english, roster=roster)) == []


def test_a_name_with_an_apostrophe_is_right_as_the_roster_has_it(english: EnglishLexicon) -> None:
    roster = ["Giuseppe's Kitchen"]
    assert findings([Line("Giuseppe's Kitchen", None)], english, roster=roster) == []
    wrong = findings([Line("Guiseppe's Kitchen", None)], english, roster=roster)
    assert brief(wrong) == [("name", "Guiseppe's Kitchen", "Giuseppe's Kitchen")]


def test_a_name_that_was_heard_as_written_with_another_sound_is_somebody_else(english: EnglishLexicon) -> None:
    line = Line("Robert Jackson will speak", "robert jackson will speak")
    assert brief(findings([line], english, roster=("Robert Johnson",))) == []


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "suggestion"),
    [
        ("People gathered in the the capital", "people gathered in the capital", "the the", "the"),
        ("He said that the\nthe road is closed", None, "the\nthe", "the"),
        ("The bridge was closed closed on Monday", "the bridge was closed on monday", "closed closed", "closed"),
    ],
)
def test_a_doubled_word_is_found(
    english: EnglishLexicon, written: str, heard: str | None, wrong: str, suggestion: str
) -> None:
    assert brief(findings([Line(written, heard)], english)) == [("duplicate", wrong, suggestion)]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("She had had enough", "she had had enough"),
        ("He knew that that was wrong", None),
        ("It was very very cold", "it was very very cold"),
        ("The the was missing", "the the was missing"),
        ("Duran Duran on tour", None),
        ("I said no, no to that", None),
        ("Walk on, on and on", None),
        ("10 10 15", None),
        ("Is it his? His answer: yes", None),
    ],
)
def test_a_word_that_is_doubled_rightly_is_not_flagged(
    english: EnglishLexicon, written: str, heard: str | None
) -> None:
    assert brief(findings([Line(written, heard)], english)) == []


def test_an_ng_word_on_screen_is_a_blocker_and_one_finding_although_it_is_also_said(english: EnglishLexicon) -> None:
    line = Line("The chairman resigned", "the chairman resigned")
    (found,) = findings([line], english, ng=[NgRule("Chairman")])
    assert (found.kind, found.severity, found.wrong) == ("ng_word", "blocker", "chairman")


def test_an_ng_word_that_is_only_said_is_found_at_its_time(english: EnglishLexicon) -> None:
    words = [Word("the", 1.0, 1.2), Word("mail", 1.2, 1.5), Word("man", 1.5, 1.9), Word("came", 2.0, 2.3)]
    (found,) = judge([], words, Rules(ng_words=(NgRule("mail man"),)), english).findings
    assert (found.written, found.wrong, found.heard) == ("", "", "mail man")
    assert (found.start_s, found.end_s, found.blame) == (1.2, 1.9, Blame.UNDECIDABLE)


@pytest.mark.parametrize(
    ("text", "rule", "wrong"),
    [
        ("The chairman", NgRule("chair"), None),
        ("A mail\nman came", NgRule("mail man"), "mail\nman"),
        ("Chairman Mao said", NgRule("chairman", ("Chairman Mao",)), None),
        ("盲目的な支持", NgRule("盲目", ("盲目的",)), None),
        ("彼は盲目だった", NgRule("盲目", ("盲目的",)), "盲目"),
        ("ＣＨＡＩＲＭＡＮ", NgRule("chairman"), "ＣＨＡＩＲＭＡＮ"),
        ("a.b", NgRule("a+b"), None),
    ],
)
def test_ng_words_end_where_their_script_ends_words_and_exceptions_hold(
    text: str, rule: NgRule, wrong: str | None
) -> None:
    assert [each.wrong for each in findings([Line(text, None)], None, ng=[rule])] == ([wrong] if wrong else [])


def test_without_a_lexicon_only_names_and_ng_words_are_judged() -> None:
    lines = [Line("Das ist ist ein Febler, John Andersen", None)]
    assert brief(findings(lines, None, roster=ROSTER)) == [("name", "John Andersen", "John Anderson")]
