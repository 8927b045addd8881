"""A loaded bank to work on."""

import pytest

from exam.selectors.attempts import current_blueprints
from questions.models import Bank
from tests.exam.conftest import load_tiny


@pytest.fixture
def bank(db: None) -> Bank:
    """The tiny bank with its blueprint, loaded through the command."""
    if not current_blueprints().exists():
        load_tiny()
    return Bank.objects.get(blueprints__slug="tiny")
