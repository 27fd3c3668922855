"""Makes a Whisper model of 2 MB that says "hello world" whatever it hears, so that the real loading code can run.

Every layer passes its input on unchanged; the position of a token alone decides the next one. The files are those of
any converted model: model.bin, config.json, vocabulary.json, tokenizer.json and preprocessor_config.json.
"""

import json
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec  # type: ignore[import-untyped]
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

WIDTH = 64
MELS = 80
SOUND_POSITIONS = 1_500
TEXT_POSITIONS = 448
TIMES = [f"<|{index / 50:.2f}|>" for index in range(1_501)]
SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>"]
SPECIAL += ["<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>", *TIMES]
LETTERS = sorted(ByteLevel.alphabet())
WORDS = ["\u0120hello", "\u0120world"]
VOCABULARY = [*LETTERS, *WORDS, *SPECIAL]
PROMPT_TOKENS = 1  # so few tokens make it a model for English alone, which is told no language
SAID = ["<|0.00|>", *WORDS, "<|1.00|>"]


def write(folder: Path) -> Path:
    """Write the model into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    spec = WhisperSpec(1, 1, 1, 1)
    embeddings = np.random.default_rng(1).normal(size=(len(VOCABULARY), WIDTH)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    for name, shape in _shapes().items():
        _set(spec, name, np.zeros(shape, np.float32))
    for name in [name for name in _shapes() if name.endswith("gamma")]:
        _set(spec, name, np.ones(WIDTH, np.float32))
    _set(spec, "decoder.embeddings.weight", embeddings)
    _set(spec, "decoder.projection.weight", embeddings * 4)
    script = 20 * _script(embeddings)
    _set(spec, "decoder.position_encodings.encodings", script)
    # The n-th token looks at the n-th half second of sound, which is where word times come from.
    _set(spec, "encoder.position_encodings.encodings", script[np.arange(SOUND_POSITIONS) // 25])
    _set(spec, "decoder.layer_0.attention.linear_0.weight", np.eye(WIDTH, dtype=np.float32))
    _set(spec, "decoder.layer_0.attention.linear_1.weight", np.eye(2 * WIDTH, WIDTH, dtype=np.float32))
    spec.config.alignment_heads = [(0, 0)]
    spec.config.suppress_ids, spec.config.suppress_ids_begin, spec.config.lang_ids = (
        [],
        [],
        [VOCABULARY.index("<|en|>")],
    )
    spec.register_vocabulary(VOCABULARY)
    spec.validate()
    spec.save(str(folder))
    _tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS}))
    return folder


def _script(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """At each position the direction of the token to say next."""
    ends = VOCABULARY.index("<|endoftext|>")
    tokens = np.full(TEXT_POSITIONS, ends)
    tokens[PROMPT_TOKENS - 1 : PROMPT_TOKENS - 1 + len(SAID)] = [VOCABULARY.index(said) for said in SAID]
    script: NDArray[np.float32] = embeddings[tokens]
    return script


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "encoder.conv1.weight": (WIDTH, MELS, 3),
        "encoder.conv1.bias": (WIDTH,),
        "encoder.conv2.weight": (WIDTH, WIDTH, 3),
        "encoder.conv2.bias": (WIDTH,),
        "encoder.position_encodings.encodings": (SOUND_POSITIONS, WIDTH),
    }
    for side, attentions in (("encoder", ["self_attention"]), ("decoder", ["self_attention", "attention"])):
        norms = [f"{side}.layer_norm", f"{side}.layer_0.ffn.layer_norm"]
        for attention in attentions:
            norms.append(f"{side}.layer_0.{attention}.layer_norm")
            widths = [3 * WIDTH, WIDTH] if attention == "self_attention" else [WIDTH, 2 * WIDTH, WIDTH]
            for index, width in enumerate(widths):
                shapes[f"{side}.layer_0.{attention}.linear_{index}.weight"] = (width, WIDTH)
                shapes[f"{side}.layer_0.{attention}.linear_{index}.bias"] = (width,)
        for index in range(2):
            shapes[f"{side}.layer_0.ffn.linear_{index}.weight"] = (WIDTH, WIDTH)
            shapes[f"{side}.layer_0.ffn.linear_{index}.bias"] = (WIDTH,)
        shapes |= {f"{norm}.{part}": (WIDTH,) for norm in norms for part in ("gamma", "beta")}
    return shapes


def _set(spec: object, name: str, value: NDArray[np.float32]) -> None:
    *path, last = name.split(".")
    for part in path:
        layer, _, index = part.rpartition("_")
        spec = getattr(spec, layer)[int(index)] if index.isdigit() and not hasattr(spec, part) else getattr(spec, part)
    setattr(spec, last, value)


def _tokenizer() -> Tokenizer:
    merges: list[tuple[str, str]] = []
    ids = {token: index for index, token in enumerate(VOCABULARY[: len(LETTERS) + len(WORDS)])}
    tokenizer = Tokenizer(BPE(vocab=ids, merges=merges))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    return tokenizer
