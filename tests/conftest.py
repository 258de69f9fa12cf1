"""What holds for every test."""

import pytest

# A failed assertion in what the tests share shows its values, as one in a test does.
pytest.register_assert_rewrite("tests.support")
