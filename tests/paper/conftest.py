"""The file of a hand-made plan to be put on paper."""

import pytest
from pages import with_draws


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uji")
    return with_draws(folder)
