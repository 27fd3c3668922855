"""Words in the place of others, doubled characters, Kanji that are no word, and near spellings, by made-up captions."""

import pytest
from telop_matcher.japanese import SudachiLexicon
from telop_matcher.matching.japanese.judging import judge_japanese
from telop_matcher.matching.values import FYI, ISSUE, Kind, Rules, Telop, Word

Found = list[tuple[str, str, str | None]]


def found(japanese: SudachiLexicon, written: str, heard: str = "", roster: tuple[str, ...] = ()) -> Found:
    words = [Word(heard, 1, 4, 1.0)] if heard else []
    judged = judge_japanese([Telop(written, 1, 4)], words, Rules(roster), japanese)
    return [(str(each.kind), each.wrong, each.suggestion) for each in judged.findings]


@pytest.mark.parametrize(
    ("written", "heard", "wrong", "right"),
    [
        ("被害者の貴族は法廷で意見を述べました", "被害者の遺族は法廷で意見を述べました。", "貴族", "遺族"),
        ("村の堤防が壊れ梅に水が流れました", "村の堤防が壊れ海に水が流れました。", "梅", "海"),
        ("駅前の広場で有料の相談会が開かれます", "駅前の広場で無料の相談会が開かれます。", "有料", "無料"),
        ("料理に塩を降ってしばらく置きます", "料理に塩を振ってしばらく置きます。", "降っ", "振っ"),
        ("町の人口は荒ただしく変わりました", "町の人口は慌ただしく変わりました。", "荒ただしく", "慌ただしく"),
    ],
)
def test_a_word_in_the_place_of_what_was_said_is_wrong(
    japanese: SudachiLexicon, written: str, heard: str, wrong: str, right: str
) -> None:
    assert ("wrong_word", wrong, right) in found(japanese, written, heard)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("政府は本日新しい方針を決めました", "政府は今日新しい方針を決めました。"),
        ("市の予想を上回る人出となりました", "市の予測を上回る人出となりました。"),
        ("この夏に上京", "この夏、初めて東京に来ました。"),
        ("伝統の技を次世代に継承", "伝統の技を次の世代に継承します。"),
        ("珈琲とケーキ", "コーヒーとケーキでひと休みです。"),
        ("Ｗ杯まであと百日", "ワールドカップまであと百日です。"),
        ("命に別条はないということです", "命に別状はないということです。"),
        ("砂糖を二回に分けて加える", "砂糖を二回に分けて加えます。味が染みる。"),
    ],
)
def test_another_wording_of_the_same_is_right(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, written, heard) == []


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("次の停車駅で15人だけ散策", "次の停車駅で十五分だけ散策できます。"),
        ("うちから駅まで５人あります", "うちから駅まで五キロあります。"),
        ("入場料は300分になります", "入場料は三百円になります。"),
    ],
)
def test_the_same_figure_with_another_counter_is_a_wrong_number(
    japanese: SudachiLexicon, written: str, heard: str
) -> None:
    assert [kind for kind, _, _ in found(japanese, written, heard)] == [Kind.NUMBER]


@pytest.mark.parametrize(
    ("written", "heard"), [("定員は30名です", "定員は三十人です。"), ("２か月後", "二カ月後です。")]
)
def test_counters_that_count_the_same_are_right(japanese: SudachiLexicon, written: str, heard: str) -> None:
    assert found(japanese, written, heard) == []


@pytest.mark.parametrize(
    ("written", "doubled"),
    [
        ("大雨洪水注意報報", "報報"),
        ("きょうは監監督が語る", "監監"),
        ("感染のリスクク高まる", "クク"),
        ("経済産業業省が発表", "業業"),
        ("食中毒の予防接種種", "種種"),
    ],
)
def test_a_character_typed_twice_needs_no_speech(japanese: SudachiLexicon, written: str, doubled: str) -> None:
    assert [(kind, wrong) for kind, wrong, _ in found(japanese, written)] == [(Kind.DUPLICATE, doubled)]


@pytest.mark.parametrize(
    "written",
    [
        "大会会場に到着",
        "猟友会会長の話",
        "消防団団長",
        "国立競技場場内",
        "外国国籍の人",
        "東京都都庁",
        "会社社長",
        "三三三番",
    ],
)
def test_characters_of_two_words_that_meet_are_right(japanese: SudachiLexicon, written: str) -> None:
    assert found(japanese, written) == []


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("社外取縮役が退任", "取締役"),
        ("新渇県長岡市", "新潟"),
        ("総務省 自冶行政局", "自治"),
        ("北睦新幹線の車内", "北陸"),
    ],
)
def test_kanji_that_look_alike_make_no_word_wherever_words_are_cut(
    japanese: SudachiLexicon, written: str, right: str
) -> None:
    assert right in [suggestion for _, _, suggestion in found(japanese, written)]


@pytest.mark.parametrize(
    "written", ["最大値を入力", "大会新記録", "観光客は3割減", "第三位決定戦", "自由改革党 小野寺悠人 幹事長"]
)
def test_words_that_meet_names_and_figures_are_no_odd_kanji(japanese: SudachiLexicon, written: str) -> None:
    assert found(japanese, written) == []


def test_a_name_that_no_lexicon_knows_has_one_spelling_too(japanese: SudachiLexicon) -> None:
    telops = [Telop("聞き手 拓植みどり", 1, 4), Telop("柘植みどりアナウンサー", 5, 8)]
    (finding,) = judge_japanese(telops, [], Rules(), japanese).findings
    assert (finding.kind, finding.wrong, finding.severity) == (Kind.INCONSISTENT, "拓植みど", FYI)
    said = [Word("柘植みどりアナウンサーです。", 5, 8, 1.0)]
    assert [each.severity for each in judge_japanese(telops, said, Rules(), japanese).findings] == [ISSUE]


def test_two_known_names_and_two_words_are_no_near_spellings(japanese: SudachiLexicon) -> None:
    for pair in (("岸辺露子さん", "岸部露子さん"), ("落としぶたをして中火で煮る", "ふたをして中日の試合を見る")):
        telops = [Telop(text, 1 + at * 5, 4 + at * 5) for at, text in enumerate(pair)]
        assert judge_japanese(telops, [], Rules(), japanese).findings == []


@pytest.mark.parametrize(
    ("written", "roster"),
    [("旅人 財前いづみ", "財前いずみ"), ("女将 道畑久志さん", "道端久志")],
)
def test_a_name_of_the_roster_that_looks_like_it_is_wrong(japanese: SudachiLexicon, written: str, roster: str) -> None:
    assert [(kind, right) for kind, _, right in found(japanese, written, roster=(roster,))] == [("name", roster)]


@pytest.mark.parametrize("written", ["10時68分発", "12月18月（木）", "午後0分から", "11月４日（水） 2025年"])
def test_times_and_dates_that_cannot_be_are_wrong(japanese: SudachiLexicon, written: str) -> None:
    assert [kind for kind, _, _ in found(japanese, written)] == [Kind.NUMBER]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("お申込みは 0120-333-9898", "ゼロイチニイゼロ、三三三の九八九八まで。"),
        ("200ml入り 4500円", "二百ミリリットル入りで四千五百円です。"),
        ("首脳会談 約90分", "首脳会談は予定を三十分超えて、およそ一時間半に及びました。"),
    ],
)
def test_codes_measures_and_halves_of_hours_are_no_wrong_numbers(
    japanese: SudachiLexicon, written: str, heard: str
) -> None:
    assert found(japanese, written, heard) == []


@pytest.mark.parametrize(("written", "wrong"), [("創業60円", "60円"), ("創業60年", "")])
def test_a_figure_that_is_said_of_something_else_is_wrong(japanese: SudachiLexicon, written: str, wrong: str) -> None:
    kinds = [(kind, text) for kind, text, _ in found(japanese, written, "親父の代から数えて、もう六十年やってます。")]
    assert kinds == ([(Kind.NUMBER, wrong)] if wrong else [])


def test_another_form_at_the_end_of_a_caption_is_no_slip(japanese: SudachiLexicon) -> None:
    assert found(japanese, "油で炒めると甘みが出て食べやすい", "油で炒めると、甘みが出て食べやすくなります。") == []


def test_words_that_sound_far_apart_accuse_with_any_transcript(japanese: SudachiLexicon) -> None:
    words = [
        Word(part, 1 + at * 0.5, 1.4 + at * 0.5, 0.7)
        for at, part in enumerate(["窓には内側", "から鍵が", "かかっていました"])
    ]
    for written, wrong in (("窓には内側から鎖がかかっていました", ["鎖"]), ("窓には内側から鍵がかかっていました", [])):
        judged = judge_japanese([Telop(written, 1, 4)], words, Rules(), japanese)
        assert [each.wrong for each in judged.findings] == wrong


def test_numbers_that_a_recogniser_ran_together_are_no_wrong_ones(japanese: SudachiLexicon) -> None:
    words = [Word("しょうゆは大さじ四二回に分けて加えます", 1, 4, 0.7)]
    telops = [Telop("しょうゆ大さじ４を２回に分けて加える", 1, 4)]
    assert judge_japanese(telops, words, Rules(), japanese).findings == []


def test_another_given_name_of_the_same_family_is_worth_a_look(japanese: SudachiLexicon) -> None:
    telops = [
        Telop("気象予報士 長谷川聡美", 1, 4),
        Telop("気象予報士 長谷川聡子", 11, 14),
        Telop("長谷川一郎さん", 21, 24),
    ]
    (finding,) = judge_japanese(telops, [], Rules(("長谷川聡子", "長谷川二郎")), japanese).findings
    assert (finding.kind, finding.suggestion, finding.severity) == (Kind.NAME, "長谷川聡子", FYI)


def test_a_kanji_read_for_a_kana_hides_no_wrong_number(japanese: SudachiLexicon) -> None:
    assert [kind for kind, _, _ in found(japanese, "時速20キ口で北上", "台風は時速三十キロで北上しています。")] == [
        "number"
    ]
