"""The door in a rush, and a second factor from the QR code to the recovery code, in a browser."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD

DOOR = "form[action='/accounts/login/'] [type=submit]"
CODE = "form[action='/accounts/login/second-factor/']"


def busy_door(page, times: int) -> list[str]:
    """The first ``times`` sign-ins are sent away; returns what was asked."""
    asked: list[str] = []

    def answer(route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        asked.append(route.request.post_data or "")
        if len(asked) > times:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="busy")

    page.route("**/accounts/login/", answer)
    return asked


def test_rush_at_the_door_is_waited_out(visit, faculty):
    """Else a thousand people type their password again and again."""
    visitor = visit()
    page = visitor.page
    asked = busy_door(page, 2)
    page.goto("/accounts/login/?next=/accounts/profile/")
    page.fill("[name=login]", "nadia")
    page.fill("[name=password]", PASSWORD)
    page.click(DOOR)
    expect(page.locator("[data-patience]")).to_be_visible()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")

    expect(page).to_have_url(re.compile(r"^[^?]*/accounts/profile/$"))
    assert len(asked) == 3
    assert PASSWORD not in stored
    visitor.troubles[:] = [line for line in visitor.troubles if "503" not in line]
    assert not visitor.troubles


def test_refusal_after_the_rush_is_the_usual_page(visit, faculty):
    """Else the script swallows what the door says, or the page it leaves is dead."""
    visitor = visit()
    page = visitor.page
    busy_door(page, 1)
    visitor.sign_in("nadia", "not it")
    expect(page.get_by_role("alert")).to_have_text("Nama dan kata sandi itu tidak cocok.")
    expect(page.locator("[name=login]")).to_have_value("nadia")
    page.click("[data-reveal]")
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    page.fill("[name=password]", PASSWORD)
    page.click(DOOR)
    expect(page).to_have_url(re.compile(r"/dashboard/$"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_second_factor_from_the_qr_code_to_the_recovery_code(visit, faculty, script):
    visitor = visit(java_script_enabled=script)
    page = visitor.page
    visitor.sign_in("nadia")
    page.goto("/accounts/second-factor/")
    page.click("main a.btn--primary")
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click("main form [type=submit]")
    shown = page.locator(".codes code")
    expect(shown).to_have_count(10)  # a script may fetch the page: the click does not wait for it
    codes = shown.all_inner_texts()
    copy = page.locator("[data-copy]")
    if script:
        visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copy.click()
        expect(copy.get_by_role("status")).to_have_text("Tersalin")
        assert page.evaluate("navigator.clipboard.readText()").split() == codes
    else:
        expect(copy).to_be_hidden()  # a button that does nothing

    other = visit(width=390, java_script_enabled=script)
    other.sign_in("nadia")
    expect(other.page).to_have_url(re.compile("/accounts/login/second-factor/"))
    assert not other.has_session
    other.page.fill("[name=code]", "000000")
    other.page.click(f"{CODE} [type=submit]")
    expect(other.page.get_by_role("alert")).to_contain_text("Kode itu tidak cocok")
    other.page.fill("[name=code]", codes[0])
    other.page.click(f"{CODE} [type=submit]")
    expect(other.page).to_have_url(re.compile(r"/dashboard/$"))
    assert not visitor.troubles
