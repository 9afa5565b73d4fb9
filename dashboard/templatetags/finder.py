"""What the field in the header says that it finds."""

from django import template

from isme.lib import search

register = template.Library()

register.filter("searches", search.named)
