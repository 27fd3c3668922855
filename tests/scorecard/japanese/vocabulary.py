"""What fills the sentences of each half, and what stands on screen unspoken. The halves share nothing."""

from dataclasses import dataclass
from typing import Final

from tests.scorecard.labels import DEVELOPMENT, TEST


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`names` are of the roster, each with its reading and a wrong spelling; `others` are nobody's of the roster."""

    names: tuple[tuple[str, str, str], ...]
    others: tuple[str, ...]
    places: tuple[str, ...]
    supers: tuple[str, ...]
    forbidden: tuple[tuple[str, tuple[str, ...]], ...]
    allowed: tuple[str, ...]
    banned: tuple[str, ...]


VOCABULARY: Final = {
    DEVELOPMENT: Vocabulary(
        names=(
            ("斎藤健一", "サイトウケンイチ", "斉藤健一"),
            ("渡辺美咲", "ワタナベミサキ", "渡部美咲"),
            ("伊藤真由美", "イトウマユミ", "伊東真由美"),
            ("高橋浩", "タカハシヒロシ", "高橋宏"),
            ("山本太郎", "ヤマモトタロウ", "山本太朗"),
            ("マクドゥガル", "マクドゥガル", "マクドガル"),
        ),
        others=("大谷翔", "森下千里", "川口春奈"),
        places=("札幌", "仙台", "名古屋", "広島", "高松", "那覇"),
        supers=(
            "{name}（{age}）",
            "{place}市内 きょう午後",
            "専門学校生 {other}さん",
            "取材協力 {place}市観光協会",
            "ＬＩＶＥ {place}駅前",
        ),
        forbidden=(("片手落ち", ()), ("盲目", ("盲目的",)), ("気違い", ())),
        allowed=("盲目的に信じる若者たち", "勘違いから始まった騒動"),
        banned=("片手落ちの判断だと批判", "気違いじみた騒ぎに"),
    ),
    TEST: Vocabulary(
        names=(
            ("中島裕子", "ナカジマユウコ", "中島祐子"),
            ("阿部慎之介", "アベシンノスケ", "安部慎之介"),
            ("坂本龍一郎", "サカモトリュウイチロウ", "坂元龍一郎"),
            ("河野洋平太", "コウノヨウヘイタ", "川野洋平太"),
            ("小澤康介", "オザワコウスケ", "小澤康助"),
            ("レヴァンドフスキ", "レヴァンドフスキ", "レヴァンドスキ"),
            ("長谷川恵", "ハセガワメグミ", "長谷川惠"),
            ("菊池雄星", "キクチユウセイ", "菊地雄星"),
        ),
        others=("三浦知花", "石井竜也", "西村京香", "チョ・ミンス"),
        places=("函館", "盛岡", "新潟", "金沢", "松山", "熊本", "鹿児島", "旭川"),
        supers=(
            "{name}（{age}）",
            "{place}県庁前 午前８時ごろ",
            "農家 {other}さん",
            "撮影 視聴者提供",
            "{place}支局 記者中継",
            "※個人の感想です",
            "次回 ５月１２日（日）放送",
            "BGM 「夏の終わり」",
            "東京・渋谷区",
            "{name} アナウンサー",
            "協力 {place}大学附属病院",
            "解説 {other}",
            "ナレーション {name}",
        ),
        forbidden=(("めくら", ("めくらまし",)), ("ちび", ("ちびっ子",)), ("土方", ("土方歳三",)), ("つんぼ", ())),
        allowed=("めくらまし作戦が成功", "ちびっ子たちの歓声", "土方歳三の生涯", "少しずつちびちび飲む"),
        banned=("めくら滅法に進んだ結果", "工事現場の土方たち", "つんぼ桟敷に置かれた住民"),
    ),
}
