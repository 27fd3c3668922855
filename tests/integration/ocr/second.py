"""A second reader that asks an endpoint on this machine, counted in a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Network
from typing import Any

from telop_chassis.database import Database
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings
from telop_ocr.second_reader import OpenAiReader, SecondReaderSettings
from telop_ocr.second_readings import SecondReadings

from tests.unit.ocr.vision_endpoint import VisionEndpoint, serving


@asynccontextmanager
async def second_readings(database: Database, **settings: Any) -> AsyncIterator[tuple[SecondReadings, VisionEndpoint]]:
    async with serving() as endpoint:
        own = SecondReaderSettings(url=endpoint.url, model="reader-1", **settings)
        reader = OpenAiReader(own, Outgoing(UrlSettings(allowed_networks=(IPv4Network("127.0.0.0/8"),))))
        yield SecondReadings(database, reader), endpoint
        await reader.stop()
