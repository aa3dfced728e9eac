"""Makes ``small`` and ``oracle`` importable from every test folder, and hypothesis the same on every machine."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
settings.register_profile("planner", deadline=None, derandomize=True, database=None, print_blob=False)
settings.load_profile("planner")
