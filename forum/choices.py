from django.db import models
from django.utils.translation import gettext_lazy as _

# Versions: of what many pages show of threads; of what waits for an answer; of the boards there are.
FORUM, QUESTIONS, BOARDS = "forum", "forum.questions", "forum.boards"


class Access(models.IntegerChoices):
    """What a role may do in a category; each level includes those before it."""

    NOTHING = 0, _("Nothing")
    READ = 1, _("Read")
    REPLY = 2, _("Read and reply")
    OPEN = 3, _("Read, reply and open threads")


class Colour(models.TextChoices):
    GREEN = "green", _("Green")
    SKY = "sky", _("Blue")
    SUN = "sun", _("Yellow")
    BRICK = "brick", _("Red")


class ThreadState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")
    DELETED = "deleted", _("Deleted")


class PostState(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    HIDDEN = "hidden", _("Hidden")
    DELETED = "deleted", _("Deleted")


class MarkKind(models.TextChoices):
    LIKE = "like", _("Like")
    BOOKMARK = "bookmark", _("Bookmark")


class Follow(models.TextChoices):
    NONE = "none", _("Not following")
    FOLLOWING = "following", _("Following")
    MUTED = "muted", _("Muted")


class ReportReason(models.TextChoices):
    RUDE = "rude", _("Insulting or rude")
    PATIENT = "patient", _("Shows a patient's identity")
    WRONG = "wrong", _("Medically wrong and risky")
    SPAM = "spam", _("Advertisement or off topic")
    OTHER = "other", _("Something else")


class Sort(models.TextChoices):
    """Orders of a thread's replies."""

    TREE = "tree", _("Tree")
    NEWEST = "newest", _("Newest")
    LIKED = "liked", _("Most liked")
