from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from isme.lib.fields import ExactCharField


class SearchWord(models.Model):
    """A word by which a person is found (accounts.words), kept by services.search_words."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="search_words", db_index=False
    )  # the index below begins with it
    word = ExactCharField(_("word"), max_length=150)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        constraints = [
            # In this order it is the index of a search: words that begin so, with their people.
            models.UniqueConstraint(fields=["word", "user"], name="search_word_once")
        ]
        # And in this order, whether one person has a word that nearly everybody has.
        indexes = [models.Index(fields=["user", "word"], name="search_word_of_person")]

    def __str__(self) -> str:
        return self.word
