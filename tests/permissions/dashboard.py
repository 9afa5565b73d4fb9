from tests.permissions.academics import STAFF

TABLE = {"reports/": STAFF}


def some_report(owner_id: int) -> str:
    return "reports/students/"


OBJECTS = {"reports/<slug:slug>/": (some_report, STAFF, STAFF)}
