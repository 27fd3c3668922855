"""A Japanese programme from end to end: a drawn clip, its transcript with the job, findings at the wrong characters."""

from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from telop_cli.demo.client import Client

SIZE, RATE, SHOWN_S = (1280, 720), 10, 3.0
CAPTIONS = (
    ("大臣は記者会見で責任を認めました", "大臣は記者会見で責任を認めました。"),
    ("警察は犯人を追求しています", "警察は犯人を追及しています。"),
    ("観光客は三百万人を超えました", "観光客は三百万人を超えました。"),
    ("被害額は二億円に上りました", "被害額は三億円に上りました。"),
    ("新しい駅が来月開業します", "新しい駅が来月開業します。"),
)
"""What is written, and what is said. 追求 is a homophone of 追及; two hundred million is not three."""


def write(path: Path) -> None:
    """A still background with one outlined caption after the other, in Noto Sans JP."""
    font = ImageFont.truetype(str(files("pylopdf_fonts_jp").joinpath("NotoSansJP-Regular.otf")), 52)
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "18"})
        video.width, video.height = SIZE
        for index in range(round(len(CAPTIONS) * SHOWN_S * RATE)):
            picture = Image.new("RGB", SIZE, (60, 90, 120))
            text = CAPTIONS[int(index / RATE / SHOWN_S)][0]
            draw = ImageDraw.Draw(picture)
            draw.text((640, 620), text, font=font, fill="white", stroke_width=4, stroke_fill="black", anchor="mm")
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))


def test_a_japanese_programme_is_read_and_its_mistakes_are_found_at_their_characters(
    client: Client, tmp_path: Path
) -> None:
    write(tmp_path / "clip.mp4")
    transcript = [
        {"start_s": index * SHOWN_S + 0.2, "end_s": (index + 1) * SHOWN_S - 0.2, "text": spoken}
        for index, (_, spoken) in enumerate(CAPTIONS)
    ]

    media = {"media_id": client.upload(tmp_path / "clip.mp4")}
    job_id = client.start({"media": media, "language": "ja", "transcript": transcript})["job_id"]
    *_, job = client.follow(job_id)

    assert job["status"] == "succeeded", job["error"]
    assert [telop["text"] for telop in client.telops(job_id)] == [written for written, _ in CAPTIONS]
    found = [(each["kind"], each["wrong"]["text"], each["suggestion"]) for each in client.findings(job_id)]
    assert found == [("wrong_word", "追求", "追及"), ("number", "二億円", "3億円")]
