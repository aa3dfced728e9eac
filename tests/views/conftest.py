"""Views are read in Indonesian unless a test asks otherwise."""

import pytest

from planner.base.messages import speaking


@pytest.fixture(autouse=True)
def indonesian():
    with speaking("id"):
        yield
