from tests.permissions.academics import STAFF

TABLE = {"reports/": STAFF}


def some_report(owner_id: int) -> str:
    return "reports/students/"


def some_chart(owner_id: int) -> str:
    return "reports/charts/sign-ins/"


OBJECTS = {
    "reports/<slug:slug>/": (some_report, STAFF, STAFF),
    "reports/charts/<slug:slug>/": (some_chart, STAFF, STAFF),
}
