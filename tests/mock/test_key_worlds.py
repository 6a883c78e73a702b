"""The worlds of keys: built once, kept up to a number, and the same if they are built again."""

from mockserver.contract import load_contract
from mockserver.mock.key_worlds import Worlds
from mockserver.semantics import list_operations
from mockserver.world.model import World
from tests.support.paths import CONTRACT
from tests.support.worlds import build_world

SEMANTICS = list_operations(load_contract(CONTRACT))


def test_a_world_is_kept_until_there_are_too_many_and_then_built_again() -> None:
    built: list[str | None] = []

    def build(key: str | None) -> World:
        built.append(key)
        return build_world(SEMANTICS, key=key)

    worlds = Worlds(SEMANTICS, build, capacity=3)
    before = worlds("a").datasets["list_balances"].record(0)
    worlds("a")
    assert built == [None, "a"], "a world is kept"
    for number in range(5):
        worlds(str(number))
    assert worlds("a").datasets["list_balances"].record(0) == before
    assert built == [None, "a", "0", "1", "2", "3", "4", "a"], "not all of them were kept"
    worlds(None)
    assert built.count(None) == 1, "the default world stays"
