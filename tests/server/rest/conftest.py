"""The real server in a thread, and a client for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.voice_service import Service, voice_service

Serving = Callable[..., tuple[Service, httpx.Client]]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Servers with terms and switches of the test's own, each with a client that has the key."""
    with ExitStack() as stack:

        def begin(**terms: Any) -> tuple[Service, httpx.Client]:
            service = stack.enter_context(voice_service(**terms))
            client = httpx.Client(
                base_url=service.url, headers=service.headers, timeout=30, trust_env=False, verify=False
            )
            return service, stack.enter_context(client)

        yield begin
