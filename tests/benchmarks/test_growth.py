"""The benchmarks reach into the mock to empty its caches, which no type checker sees."""

from benchmarks.growth import PATH, World


def test_every_page_is_measured_with_empty_caches() -> None:
    world = World(100)
    rows = world.app.extensions["mockserver"].engine.pages.rows
    world.app.test_client().get(f"{PATH}?limit=100")
    full = rows.size
    assert all(world.cost(query) > 0 for query in world.queries.values())
    world.cost("limit=1")
    assert 0 < rows.size < full / 50
