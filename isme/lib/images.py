"""Pictures from outside: decoded under a pixel cap and encoded anew, so that only pixels stay."""

import io
import threading
from collections.abc import Callable
from typing import IO, Any

from PIL import Image, ImageOps

MOST_PIXELS = 16_000_000  # 64 MB when decoded
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
# One at a time in each process: four threads must not decode four large pictures.
_decoder = threading.Lock()


class BadImage(Exception):
    """Not a picture that we can read."""


class TooManyPixels(BadImage):
    """Larger than MOST_PIXELS when decoded, whatever its size as a file."""


def square_webp(source: IO[Any], side: int) -> bytes:
    """The middle square of the picture as WebP, ``side`` pixels wide, without EXIF.

    Raises BadImage and TooManyPixels.
    """
    return _locked(_square, source, side)


def whole_webp(source: IO[Any], longest: int) -> bytes:
    """The whole picture as WebP, its longer side at most ``longest`` pixels, without EXIF.

    Raises BadImage and TooManyPixels.
    """
    return _locked(_whole, source, longest)


def _locked(
    encode: Callable[[Image.Image, int], Image.Image], source: IO[Any], side: int
) -> bytes:
    with _decoder:
        try:
            return _encoded(encode, source, side)
        except BadImage:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooManyPixels from error
        except Exception as error:  # a decoder raises whatever a hostile file makes it
            raise BadImage from error


def _encoded(
    encode: Callable[[Image.Image, int], Image.Image], source: IO[Any], side: int
) -> bytes:
    with Image.open(source, formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:  # known from the header
            raise TooManyPixels
        image.draft("RGB", (2 * side, 2 * side))  # a JPEG is decoded smaller at once
        upright = ImageOps.exif_transpose(image)
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        fitted = encode(upright.convert(mode), side)
    # A new picture: EXIF, colour profiles and comments of the old one stay behind.
    clean = Image.new(mode, fitted.size)
    clean.paste(fitted)
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=QUALITY)
    return target.getvalue()


def _square(image: Image.Image, side: int) -> Image.Image:
    return ImageOps.fit(image, (side, side))


def _whole(image: Image.Image, longest: int) -> Image.Image:
    image.thumbnail((longest, longest))
    return image
