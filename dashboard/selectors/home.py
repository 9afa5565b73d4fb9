from collections.abc import Mapping
from typing import Any

from accounts.models import User
from isme.lib import home


def home_blocks(user: User) -> list[tuple[home.Block, Mapping[str, Any]]]:
    """The blocks of ``user``'s home page with what they show, in order; empty ones are left out.

    Costs what the blocks cost; their sum has a query budget in the tests.
    """
    found = ((block, block.facts(user)) for block in home.blocks_for(user.role))
    return [(block, facts) for block, facts in found if facts is not None]
