"""What every test in a browser starts from."""

import pytest
from chromium import open_browser


@pytest.fixture(scope="module")
def browser():
    with open_browser() as found:
        yield found
