"""The search over everything finds the faculty's structure however it is typed."""

import pytest

from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["mkb24101", "MKB24101", "b2410", "kardio", "gd-b1", "GD-B1"])
def test_codes_and_names_are_found_in_any_case(client, text):
    """Codes are compared byte for byte by MariaDB: typed small, a course was not to be found."""
    make.CourseFactory(code="MKB24101", name="Kardiologi")
    make.RoomFactory(code="GD-B1", name="Aula")
    enter(client, make_user(role="office"))
    page = client.get("/search/", {"q": text}).text
    assert ("Kardiologi" in page) != ("Aula" in page)
