from accounts.models import User
from dashboard.services import report_files
from isme.lib import reports
from tests.permissions.rows import HIDDEN_POST, NOBODYS, STAFF

TABLE = {"reports/": STAFF}


def some_report(owner_id: int) -> str:
    return "reports/students/"


def some_chart(owner_id: int) -> str:
    return "reports/charts/sign-ins/"


def some_order(owner_id: int) -> str:
    return "reports/students/pdf/"


def ordered(owner_id: int) -> str:
    """A report on its way to a PDF."""
    token = report_files.order(
        report=reports.get("students"),
        asked={},
        sort="",
        owner=User.objects.get(pk=owner_id),
        language="id",
    )
    return f"reports/files/{token}/"


SEEN_BY_STAFF = {**NOBODYS, "office": 200, "super_admin": 200}

OBJECTS = {
    "reports/files/<slug:token>/": (ordered, SEEN_BY_STAFF, NOBODYS),
    "reports/<slug:slug>/pdf/": (some_order, HIDDEN_POST, HIDDEN_POST),
    "reports/<slug:slug>/": (some_report, STAFF, STAFF),
    "reports/charts/<slug:slug>/": (some_chart, STAFF, STAFF),
}
