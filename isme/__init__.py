"""ISME. The Celery application is loaded here so that every process can ring it."""

from isme.celery import app as celery_app

__all__ = ["celery_app"]
