"""A person at the faculty: signs in, then reads, thinking 5-10 s between two pages."""

import itertools
import random

import gevent
from locust import FastHttpUser, between, task

from loadtests import people

numbers = itertools.count(1)


class Visitor(FastHttpUser):
    """Who signs in and reads; what they read, their class says."""

    abstract = True
    wait_time = between(5, 10)
    connection_timeout = network_timeout = 30.0
    name = ""

    def on_start(self) -> None:
        csrf = people.csrf_secret()
        # Who signs in again is who they were: an account of somebody else's would be taken away.
        name = self.name = self.name or self.login_name()
        session = ""
        for _ in range(people.TRIES):
            session, wait = self.come_in(name, csrf)
            if session or not wait:
                break
            gevent.sleep(wait)
        self.sent = {"Cookie": f"__Host-sid={session}; __Host-csrf={csrf}"}
        self.etag = ""
        # Nobody starts to read in the instant in which he signed in together with others.
        self.wait()

    def login_name(self) -> str:
        return people.student((next(numbers) - 1) % 1000 + 1)

    def come_in(self, name: str, csrf: str) -> tuple[str, float]:
        """The session, or how many seconds the door asked to wait; ("", 0) for a refusal."""
        with self.client.post(
            people.LOGIN,
            data=people.login_form(name, csrf),
            headers={"Cookie": f"__Host-csrf={csrf}", "Content-Type": people.FORM},
            name="sign-in",
            allow_redirects=False,
            catch_response=True,
        ) as response:
            lines = response.headers.get_all("Set-Cookie") if response.headers else None
            session = people.cookie_of(lines or [])
            if response.status_code == 302 and session:
                response.success()
                return session, 0.0
            if response.status_code == 503 and "Retry-After" in response.headers:
                # Not a failure: a form that says when to send it again, and does it by itself.
                response.request_meta["name"] = "sign-in, asked to come again"
                response.success()
                return "", people.pause(response.headers["Retry-After"])
            response.failure(f"not signed in: {response.status_code}")
        return "", 0.0

    def read(self, path: str, name: str, fits: tuple[int, ...] = (200,), **headers: str) -> str:
        with self.client.get(
            path,
            headers={**self.sent, **headers},
            name=name,
            allow_redirects=False,
            catch_response=True,
        ) as response:
            if response.status_code in fits:
                response.success()
                return response.headers.get("ETag", "")
            response.failure(f"{path}: {response.status_code}")
        return ""


class Person(Visitor):
    @task(6)
    def home(self) -> None:
        # A browser asks whether the page that it has is still right.
        known = {"If-None-Match": self.etag} if self.etag and random.random() < 0.5 else {}
        self.etag = self.read("/dashboard/", "home page", (200, 304), **known)

    @task(2)
    def profile(self) -> None:
        self.read("/accounts/profile/", "profile")

    @task(2)
    def history(self) -> None:
        self.read(
            "/accounts/profile/?page=1&sort=oldest", "sign-in history", **{"HX-Request": "true"}
        )
