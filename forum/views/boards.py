"""The way to a course's or a class's board; the first visitor makes it."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from accounts.http import Request
from forum.selectors import boards
from forum.services.categories import board_of_class, board_of_course


@require_safe
def course_board(request: Request, pk: int) -> HttpResponse:
    offering = boards.offering_for(request.user, pk)
    if offering is None:
        raise Http404
    return HttpResponseRedirect(board_of_course(offering=offering).get_absolute_url())


@require_safe
def class_board(request: Request, pk: int) -> HttpResponse:
    course_class = boards.class_for(request.user, pk)
    if course_class is None:
        raise Http404
    return HttpResponseRedirect(board_of_class(course_class=course_class).get_absolute_url())
