"""``/files/<id>/<name>``: the one way to a stored file."""

import logging
import re
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from isme.lib import files
from isme.lib.models import StoredFile
from isme.lib.storage import Piece, store

logger = logging.getLogger(__name__)

ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
# Whatever the bytes are, they run no script and load nothing in our name.
POLICY = "sandbox; default-src 'none'"


@require_safe
def stored_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The file, or 404 for what the person may not have. ``name`` is only for the eye."""
    stored = files.readable(request.user, pk)
    if stored is None:
        raise Http404
    etag = f'"{stored.sha256[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponseBase = HttpResponseNotModified()
    elif settings.X_ACCEL_PREFIX and store().is_folder:
        response = HttpResponse(content_type=stored.content_type)
        response["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX + stored.path
    else:
        response = _streamed(request, stored, etag)
    inline = files.shown_inline(stored)
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    # An id's content never changes; what isn't a mere picture is asked for each time.
    response["Cache-Control"] = "private, max-age=3600" if inline else "private, no-cache"
    disposition = content_disposition_header(as_attachment=not inline, filename=stored.name)
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _streamed(request: HttpRequest, stored: StoredFile, etag: str) -> HttpResponseBase:
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""
    try:
        start, end = byte_range(wanted, stored.size) or (0, stored.size)
    except ValueError:
        refused = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refused["Content-Range"] = f"bytes */{stored.size}"
        return refused
    partial = (start, end) != (0, stored.size)
    response = StreamingHttpResponse(
        () if request.method == "HEAD" else _piece(stored, start, end),
        status=HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK,
        content_type=stored.content_type,
    )
    if partial:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(end - start)
    response["Content-Encoding"] = "identity"  # a range of compressed bytes would be junk
    return response


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of one range; None for none, several or nonsense: send all.

    Raises ValueError for one that lies outside the file.
    """
    match = ONE_RANGE.fullmatch(header)
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise ValueError(header)
    return start, end


def _piece(stored: StoredFile, start: int, end: int) -> Piece:
    """Open it before a header is sent: what is missing is a 404, a store that is away a 503."""
    with suppress(FileNotFoundError):
        return store().piece(stored.path, start, end)
    logger.error("stored file %s is missing", stored.pk)
    raise Http404
