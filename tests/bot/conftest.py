import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town import Town, found, opened


@pytest.fixture(scope="session")
def example_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import asyncio

    path = tmp_path_factory.mktemp("town") / "example.db"
    asyncio.run(found(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
async def town(example_database: Path, tmp_path: Path) -> AsyncIterator[Town]:
    path = tmp_path / "town.db"
    shutil.copy(example_database, path)
    async with opened(f"sqlite+aiosqlite:///{path}") as town:
        yield town
