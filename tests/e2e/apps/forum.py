from forum.choices import MarkKind
from forum.services import marks
from tests.forum import cast


def fill_more(people) -> None:
    """A question with an answer and an answer to it, of the student and the lecturer."""
    student, lecturer = people["student"], people["lecturer"]
    where = cast.category("tanya", description="Tanya jawab untuk semua.")
    asked = cast.thread(student, where, title="Kenapa nyeri dada menjalar?", is_question=True)
    said = cast.answer(lecturer, asked, "Karena *dermatom* yang sama.")
    cast.answer(student, asked, "Terima kasih!", said)
    marks.set_mark(user=lecturer, post=said, kind=MarkKind.BOOKMARK)
