"""The settings of the matcher: `TELOP_MATCHER__<FIELD>` beside those of every service."""

from typing import Annotated

from pydantic import BaseModel, Field
from telop_chassis.settings import ServiceSettings, WorkSettings


class MatcherSettings(BaseModel):
    """How findings in doubt are looked at again before the verdict."""

    second_looks: Annotated[int, Field(ge=0, le=100)] = 10
    """At most so many in a job; 0 asks for none."""
    second_listens: Annotated[int, Field(ge=0, le=1000)] = 60
    """The same for spans of speech: the likeliest mistakes first. Each costs about half a second of asr."""
    second_look_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    """A job never waits for them longer than this."""


class MatcherWork(WorkSettings):
    """Judging is Python alone: two jobs at once only share one processor."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 2


class Settings(ServiceSettings):
    """All settings of the matcher."""

    matcher: MatcherSettings = MatcherSettings()
    work: MatcherWork = MatcherWork()
