"""The networks of Moonshine (tiny, English): sound in, written words with their probabilities out.

The model lies inside the wheel `moonshine-voice`, of which nothing else is used: its files are found without importing
it, and run in onnxruntime with as many threads as are given. Decoding is greedy and depends on the sound alone. What a
network that writes text makes of no speech (loops, endless text, words it does not believe in) is no transcript.
"""

import hashlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from telop_chassis.child_side import EngineMissingError

FOLDER: Final = "assets/tiny-en"
ENCODER, DECODER, TOKENS = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"
LAYERS: Final = 6
HEADS: Final = 8
HEAD_SIZE: Final = 36
STRIDE: Final = 384
"""Samples of sound to a row of what the encoder makes of it; the decoder counts its mask in samples."""
BEGIN, END, FIRST_BYTE = 1, 2, 3
END_OF_TOKENS: Final = 32_768
SHORTEST: Final = 1_600
"""Samples; the convolutions need 895."""
TOKENS_PER_S: Final = 12
"""Nobody speaks as fast: the fastest voices of the scorecard take 7."""
LOOP: Final = 4
"""So often in a row nobody says the same few words."""
LONGEST_LOOP: Final = 12
"""Tokens of a phrase that is said over and over."""
SPACE: Final = "▁"

Numbers = NDArray[np.float32]


class WrittenWord(NamedTuple):
    """A word as the model writes it, with its marks, and the logarithm of its probability after those before it."""

    text: str
    log_probability: float


class MoonshineModel:
    """Loaded once; a sound is encoded once and can then be decoded and compared with wordings."""

    def __init__(self, folder: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False  # it would keep 115 MB after half a minute of speech, and is no quicker
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
            for name in (ENCODER, DECODER)
        )
        self._cached = [each.name for each in self._decoder.get_outputs()][1:]
        self._pieces = _pieces((folder / TOKENS).read_bytes())
        self._tokens = {piece: at for at, piece in enumerate(self._pieces) if at >= FIRST_BYTE + 256}  # after the bytes
        self.sha256 = hashlib.sha256(
            b"".join((folder / each).read_bytes() for each in (ENCODER, DECODER, TOKENS))
        ).hexdigest()

    def encode(self, sound: NDArray[np.int16]) -> Numbers:
        """What the decoder listens to: a row of numbers for each piece of the sound."""
        samples = sound[None].astype(np.float32) / 32_768.0
        feed = {"input_values": samples, "attention_mask": np.ones(samples.shape, np.int64)}
        encoded: Numbers = self._encoder.run(None, feed)[0]
        return encoded

    def written(self, encoded: Numbers, seconds: float) -> list[WrittenWord]:
        """The likeliest words, none where what comes out is no transcript."""
        tokens, logs = [BEGIN], list[float]()
        past = self._nothing_past()
        for step in range(int(seconds * TOKENS_PER_S) + 2):
            logits, now = self._run(encoded, [tokens[-1]], past, is_first=step == 0)
            past = now if step == 0 else {k: now[k] if ".decoder." in k else past[k] for k in past}
            token = int(logits[-1].argmax())
            logs.append(float(_log_softmax(logits[-1:], [token])[0]))
            if token == END:
                return list(self._words(tokens[1:], logs))
            tokens.append(token)
            if is_looping(tokens):
                return []
        return []

    def log_likelihood(self, encoded: Numbers, text: str) -> float:
        """The logarithm of the probability that exactly this text is written of the sound."""
        tokens = [BEGIN, *self.tokens(text), END]
        logits, _ = self._run(encoded, tokens[:-1], self._nothing_past(), is_first=True)
        return float(_log_softmax(logits, tokens[1:]).sum())

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text as the model was taught them, word by word."""
        return [token for word in text.split() for token in self._tokens_of(word)]

    def _tokens_of(self, word: str) -> list[int]:
        """Pairs of pieces are joined, those first that make the token with the lowest number."""
        pieces = [letter.encode() for letter in SPACE + word]
        while True:
            pairs = [self._tokens.get(one + other, END_OF_TOKENS) for one, other in pairwise(pieces)]
            best = min(pairs, default=END_OF_TOKENS)
            if best == END_OF_TOKENS:
                break
            at = pairs.index(best)
            pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
        return [token for piece in pieces for token in self._spelt(piece)]

    def text(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return " ".join(word.text for word in self._words(tokens, [0.0] * len(tokens)))

    def _spelt(self, piece: bytes) -> list[int]:
        """A piece, or where the model has no such letter its bytes."""
        return [self._tokens[piece]] if piece in self._tokens else [FIRST_BYTE + byte for byte in piece]

    def _words(self, tokens: Sequence[int], logs: Sequence[float]) -> Iterator[WrittenWord]:
        written, likely = b"", 0.0
        for token, log in zip(tokens, logs, strict=False):
            piece = self._pieces[token]
            if piece.startswith(SPACE.encode()) and written:
                yield WrittenWord(written.decode(errors="replace"), likely)
                written, likely = b"", 0.0
            written += piece.removeprefix(SPACE.encode())
            likely += log
        if written:
            yield WrittenWord(written.decode(errors="replace"), likely)

    @staticmethod
    def _nothing_past() -> dict[str, NDArray[np.float32]]:
        nothing = np.zeros((1, HEADS, 0, HEAD_SIZE), np.float32)
        kinds = product(range(LAYERS), ("decoder", "encoder"), ("key", "value"))
        return {f"past_key_values.{layer}.{part}.{kind}": nothing for layer, part, kind in kinds}

    def _run(
        self, encoded: Numbers, tokens: list[int], past: dict[str, Any], *, is_first: bool
    ) -> tuple[Numbers, dict[str, Any]]:
        feed = {
            "input_ids": np.array([tokens], np.int64),
            "encoder_hidden_states": encoded,
            "encoder_attention_mask": np.ones((1, encoded.shape[1] * STRIDE), np.int64),
            "use_cache_branch": np.array([not is_first]),
        }
        logits, *cached = self._decoder.run(None, feed | past)
        names = (name.replace("present", "past_key_values") for name in self._cached)
        return logits[0], dict(zip(names, cached, strict=True))


def find() -> Path:
    """The folder of the model. Raises `EngineMissingError` on platforms that have no such wheel, and for later ones."""
    found = find_spec("moonshine_voice")
    if found is None or found.origin is None or not (Path(found.origin).parent / FOLDER / DECODER).is_file():
        raise EngineMissingError(
            "the package moonshine-voice 0.1.0, which brings the model, is not installed; it has wheels for Linux "
            "(x86_64, aarch64) and macOS 15 on arm64; set TELOP_ASR__ENGINE=pocketsphinx to do without"
        )
    return Path(found.origin).parent / FOLDER


def _log_softmax(logits: Numbers, tokens: Sequence[int]) -> Numbers:
    """The logarithm of the probability of a token in each row."""
    above = logits - logits.max(axis=1, keepdims=True)
    found: Numbers = above[np.arange(len(tokens)), tokens] - np.log(np.exp(above).sum(axis=1))
    return found


def is_looping(tokens: Sequence[int]) -> bool:
    """Whether a text ends in one phrase said over and over."""
    return any(
        len(tokens) > LOOP * length and list(tokens[-LOOP * length :]) == list(tokens[-length:]) * LOOP
        for length in range(1, LONGEST_LOOP + 1)
    )


def _pieces(packed: bytes) -> list[bytes]:
    """The tokens of `tokenizer.bin`: each its length, in one byte or two, and its UTF-8."""
    pieces, at = [], 0
    while at < len(packed):
        length, at = packed[at], at + 1
        if length >= 128:
            length, at = length - 128 + 128 * packed[at], at + 1
        pieces.append(packed[at : at + length])
        at += length
    return pieces
