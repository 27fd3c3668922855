# Telopcheck. `sh deploy/setup.sh RECIPE` prepares everything that a recipe needs and runs it.

set positional-arguments := true

export PATH := justfile_directory() / ".venv" / "bin" + ":" + env("PATH")

[private]
default:
    @{{ just_executable() }} --justfile {{ quote(justfile()) }} --list --unsorted

# See it at work: check a clip with planted mistakes, from the upload to the signed webhook
[group("use")]
[no-cd]
[no-exit-message]
demo *arguments:
    @TELOP_ENDS_WITH_STARTER=1 exec telop demo "$@"

# The command line: up, send, watch, doctor, ... (`just telop --help`)
[group("use")]
[no-cd]
[no-exit-message]
telop *arguments:
    @TELOP_ENDS_WITH_STARTER=1 exec telop "$@"

# Everything that has to pass: lint, drift of the contracts, and the tests (arguments go to pytest)
[group("develop")]
test *arguments: lint (contracts "--check")
    pytest "$@"

# Style, types and the layers
[group("develop")]
lint:
    ruff check
    ruff format --check
    mypy
    lint-imports

# Write the schemas, AsyncAPI and OpenAPI documents anew (--check: only say what differs)
[group("develop")]
contracts *arguments:
    python -m contracts.generate "$@"

# Measure: ratios within one run, for reading, not for passing
[group("develop")]
bench *arguments:
    python -m tests.benchmarks "$@"

# How well it judges: precision, recall, blame and calibration on labelled programmes (see docs/scorecard.md)
[group("develop")]
scorecard *arguments:
    python -m tests.scorecard "$@"

# The eye against every-sample OCR and a similarity gate, on labelled clips (--quick: three clips; --write: the page)
[group("develop")]
bench-recognition *arguments:
    python -m tests.benchmarks.recognition "$@"

# Which glyphs the reader folds: draw, read and write the table (--compare: how well drawing tells them apart)
[group("develop")]
glyphs *arguments:
    python -m tests.benchmarks.glyphs "$@"
